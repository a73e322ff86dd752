import { createHash } from 'node:crypto';
import { waitUntil } from '@causeway/client';
import { type Evidence, EvidenceKind, findCondition, isFields, PlatformError } from '@causeway/model';
import { readDocuments, readEvidence } from '@causeway/policy';
import { exitCodes } from '../exit-codes.ts';
import { timeoutOf, type WaitingOptions } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { counted } from '../output/counted.ts';
import { safeLine } from '../output/safe-line.ts';
import { findFiles } from '../validation/find-files.ts';

interface Options extends WaitingOptions {
  readonly service: string;
  readonly commit?: string;
  readonly environment?: string;
  readonly attributes?: boolean;
}

type Spec = Evidence['spec'];
type Said = Pick<Spec, 'format'> & Partial<Pick<Spec, 'tool' | 'findings' | 'components' | 'attributes'>>;

/** What a person or a pipeline says itself: fields that rules read. */
const readAttributes = (file: string, text: string): Said => {
  const [document, ...more] = readDocuments(file, text);
  const [fault] = document?.faults ?? [];
  if (document && !fault && more.length === 0 && isFields(document.value))
    return { format: 'attributes', attributes: document.value };
  throw new PlatformError('Invalid', `${file} holds no attributes.`, {
    evidence: fault ? [`${fault.line}:${fault.column} ${fault.message}`] : [],
    next: 'Write one object in YAML or JSON: reviewers, runbook, tests.',
  });
};

const readSaid = async ({ options, output, stdin }: Invocation<Options>, path: string): Promise<Said> => {
  const [given] = await findFiles([path], stdin);
  if (!given)
    throw new PlatformError('Usage', `${path} is no file.`, { next: 'Name the report of one tool.' });
  if (options.attributes) return readAttributes(given.file, given.text);
  const { notes, findings, components, ...rest } = readEvidence(given.text);
  for (const note of notes) output.note(note);
  return { ...rest, findings: [...findings], components: [...components] };
};

/** The same report of the same commit is the same evidence. */
const nameFor = (spec: unknown, service: string, format: string): string =>
  `${service}.${format}.${createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 12)}`;

export const run = async (invocation: Invocation<Options>, path: string): Promise<void> => {
  const { options, output, signal, exitWith } = invocation;
  const { service, commit, environment, wait } = options;
  const timeoutMs = timeoutOf(options.timeout);
  const said = await readSaid(invocation, path);
  const spec = {
    service,
    ...(commit === undefined ? {} : { commit }),
    ...(environment === undefined ? {} : { environment }),
    ...said,
  };
  const name = nameFor(spec, service, said.format);
  const client = await invocation.client();
  const team = await invocation.team();
  const created = await client.resource(EvidenceKind).create(team, { metadata: { name }, spec }, { signal });
  const about = `${counted(spec.findings?.length ?? 0, 'finding')}, ${counted(spec.components?.length ?? 0, 'component')}`;
  if (!wait)
    return output.machine ? output.document(created) : output.line(`Evidence '${name}' submitted: ${about}`);
  const judged = (await waitUntil(
    client,
    EvidenceKind,
    team,
    name,
    object => object?.status?.verdict !== undefined,
    { timeoutMs, signal },
  )) as Evidence;
  const denied = judged.status?.verdict === 'denied';
  if (denied) exitWith(exitCodes.refused);
  if (output.machine) return output.document(judged);
  const mark = denied ? output.paint('red', '✘') : output.paint('green', '✔');
  output.line(`${mark} Evidence '${name}' (${about}): ${judged.status?.verdict}`);
  const words = findCondition(judged.status?.conditions, 'Judged')?.message ?? '';
  for (const line of words.split('\n')) output.line(safeLine(line));
};
