import { stat } from 'node:fs/promises';
import { isFields, kindId, PlatformError } from '@causeway/model';
import { type Explanation, explain, offlineSubject, readDocuments, readPolicies } from '@causeway/policy';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { printExplanation } from '../policies/explanation-text.ts';
import { shippedPolicies } from '../policies/given-policies.ts';
import { openJudge } from '../policies/open-judge.ts';
import { withEngine } from '../policies/with-engine.ts';
import { namespaceFor, parseTargets } from '../resources/find-kind.ts';
import { findFiles } from '../validation/find-files.ts';
import { type ApiGroupOptions, givenApiGroups } from '../validation/given-api-groups.ts';

interface Options extends ApiGroupOptions {
  readonly policies?: string;
  readonly environment?: string;
}

const isFile = async (path: string): Promise<boolean> =>
  path === '-' || (await stat(path).catch(() => undefined)) !== undefined;

const prepare = async (invocation: Invocation<Options>, file: string) => {
  const { options, stdin } = invocation;
  const { environment, team } = options;
  const apiGroups = await givenApiGroups(invocation);
  const request = {
    ...(team === undefined ? {} : { team }),
    ...(environment === undefined ? {} : { environment }),
    time: new Date().toISOString(),
  };
  const [texts, folder] = await Promise.all([
    findFiles([file], stdin),
    readPolicies(options.policies ?? shippedPolicies, { tests: false, apiGroups }),
  ]);
  const documents = texts.flatMap(one => readDocuments(one.file, one.text, apiGroups));
  const subjects = documents.map(document => {
    if (isFields(document.value)) return offlineSubject(document.value, request);
    throw new PlatformError('Invalid', `${document.file}: document ${document.number} is no object.`, {
      evidence: document.faults.map(({ line, column, message }) => `${line}:${column} ${message}`),
      next: `See what is wrong: platform validate ${file}`,
    });
  });
  return { ...folder, subjects };
};

const explainFile = (invocation: Invocation<Options>, file: string): Promise<Explanation[]> =>
  withEngine(async engine => {
    const prepared = await prepare(invocation, file);
    const judge = await openJudge(engine, prepared);
    return Promise.all(prepared.subjects.map(subject => explain(judge, subject)));
  });

const explainObject = async (invocation: Invocation<Options>, word: string): Promise<Explanation> => {
  const [target] = parseTargets(word, []).targets;
  if (!word.includes('/') || !target)
    throw new PlatformError('Usage', `'${word.slice(0, 100)}' is neither a file nor KIND/NAME.`, {
      next: 'Write platform policy explain service/orders, or name a file.',
    });
  const client = await invocation.client();
  const body = {
    kind: kindId(target.kind),
    namespace: namespaceFor(target.kind, await invocation.team()),
    name: target.name,
  };
  return (await client.request('POST', '/api/policy/explain', body, {
    signal: invocation.signal,
  })) as Explanation;
};

export const run = async (invocation: Invocation<Options>, given: string): Promise<void> => {
  const { output, exitWith } = invocation;
  const found = (await isFile(given))
    ? await explainFile(invocation, given)
    : [await explainObject(invocation, given)];
  if (found.some(({ allowed }) => !allowed)) exitWith(exitCodes.refused);
  if (output.machine) return output.document(found);
  for (const [index, explanation] of found.entries()) {
    if (index > 0) output.line();
    printExplanation(output, explanation);
  }
};
