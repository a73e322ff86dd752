import { dirname, relative } from 'node:path';
import { PlatformError, type Policy } from '@causeway/model';
import { type FilePolicy, type ReplayReport, readPolicies } from '@causeway/policy';
import type { Invocation } from '../invocation.ts';
import { printReplay } from '../policies/replay-text.ts';
import { parseSince } from './insights.ts';

interface Options {
  readonly since: string;
  readonly file?: string;
}

/** The policy as it would be stored: its modules in it, its tests left out. */
const candidateOf = ({ spec, source }: FilePolicy): Policy['spec'] => ({
  ...spec,
  source: { modules: [...source.modules] },
  tests: [],
});

const readCandidate = async (file: string, name: string): Promise<Policy['spec']> => {
  const folder = dirname(file);
  const { policies } = await readPolicies(folder, { tests: false });
  const found = policies.find(one => one.name === name && one.file === relative(folder, file));
  if (found) return candidateOf(found);
  throw new PlatformError('Usage', `There is no policy ${name} in ${file}.`, {
    next: 'Name a file that holds the policy as it would be.',
  });
};

export const run = async (invocation: Invocation<Options>, name: string): Promise<void> => {
  const { options, output, signal } = invocation;
  const since = parseSince(options.since, Date.now());
  const candidate = options.file === undefined ? undefined : await readCandidate(options.file, name);
  const client = await invocation.client();
  const body = { policy: name, since, ...(candidate ? { candidate } : {}) };
  const report = (await client.request('POST', '/api/policy/replay', body, { signal })) as ReplayReport;
  if (output.machine) return output.document(report);
  printReplay(output, report);
};
