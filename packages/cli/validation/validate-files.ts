import type { PolicyEngine } from '@causeway/contracts';
import { isFields, PlatformError } from '@causeway/model';
import {
  offlineSubject,
  readDocuments,
  readPolicies,
  type Validation,
  validateDocuments,
} from '@causeway/policy';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { shippedPolicies } from '../policies/given-policies.ts';
import { openJudge } from '../policies/open-judge.ts';
import { version } from '../version.ts';
import { findFiles } from './find-files.ts';
import { printFindings } from './finding-text.ts';
import { githubLines } from './github.ts';
import { type ApiGroupOptions, givenApiGroups } from './given-api-groups.ts';
import { sarifLog } from './sarif.ts';

export interface ValidateOptions extends ApiGroupOptions {
  readonly policies?: string;
  readonly environment?: string;
}

const codes: Record<Validation['verdict'], number> = {
  allowed: exitCodes.ok,
  denied: exitCodes.refused,
  invalid: exitCodes.usage,
};

/** Everything that is to be judged, and by what. */
const prepare = async (invocation: Invocation<ValidateOptions>, given: readonly string[]) => {
  const { options, stdin } = invocation;
  const { environment, team } = options;
  const apiGroups = await givenApiGroups(invocation);
  const [files, folder] = await Promise.all([
    findFiles(given, stdin),
    readPolicies(options.policies ?? shippedPolicies, { tests: false, apiGroups }),
  ]);
  const documents = files.flatMap(({ file, text }) => readDocuments(file, text, apiGroups));
  if (documents.length === 0)
    throw new PlatformError('Usage', `There is no object in ${given.join(', ')}.`, {
      next: 'Give files or folders that hold some.',
    });
  const request = {
    ...(team === undefined ? {} : { team }),
    ...(environment === undefined ? {} : { environment }),
    time: new Date().toISOString(),
    // Who names a folder wants to know what is in it.
    drafts: options.policies !== undefined,
  };
  const subjects = documents.flatMap(({ value }) =>
    isFields(value) ? [offlineSubject(value, request)] : [],
  );
  return { ...folder, documents, request, subjects };
};

/** Judges files, prints what is found, and says it by the exit code. */
export const validateFiles = async (
  engine: PolicyEngine,
  invocation: Invocation<ValidateOptions>,
  given: readonly string[],
): Promise<void> => {
  const { output, exitWith } = invocation;
  const prepared = await prepare(invocation, given);
  const { documents, request } = prepared;
  const validation = await validateDocuments(documents, await openJudge(engine, prepared), request);
  exitWith(codes[validation.verdict]);
  const { findings, verdict } = validation;
  switch (output.format as string) {
    case 'json':
      return output.document({ verdict, objects: documents.length, findings });
    case 'sarif':
      return output.document(sarifLog(findings, version()));
    case 'github':
      for (const line of githubLines(findings)) output.stdout.write(`${line}\n`);
      return;
    default:
      printFindings(output, validation, documents.length);
  }
};
