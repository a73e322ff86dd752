import type { PolicySubject } from '@causeway/contracts';
import {
  ChangeRequestKind,
  defaultGroup,
  EnvironmentRequestKind,
  type Fields,
  isFields,
} from '@causeway/model';
import type { FileDocument } from '../files/documents.ts';
import { type JudgeParts, judge } from '../judge/judge.ts';
import { checkObject } from './check-object.ts';
import { atPosition, type Finding, objectName, placeOf } from './finding.ts';
import { policyFindings } from './policy-findings.ts';

export interface Validation {
  /** In the order of files and lines. */
  readonly findings: readonly Finding[];
  /** invalid: a document cannot be read, or is not what its kind says. denied: policies refuse one. */
  readonly verdict: 'allowed' | 'denied' | 'invalid';
}

export interface ValidationRequest {
  /** Of objects that name no namespace. */
  readonly team?: string;
  /** Where they are meant for. */
  readonly environment?: string;
  /** RFC 3339. */
  readonly time: string;
  /** Whether drafts are asked, too; they refuse nothing. */
  readonly drafts?: boolean;
}

/** A document as policies are asked about it before anybody has sent it anywhere. */
export const offlineSubject = (
  object: Fields,
  { team, environment, time }: ValidationRequest,
): PolicySubject => {
  const namespace = isFields(object.metadata) ? object.metadata.namespace : undefined;
  return {
    object,
    request: {
      operation: 'CREATE',
      place: 'offline',
      user: 'offline',
      actor: 'person',
      ...(team !== undefined && namespace === undefined ? { team } : {}),
      ...(environment === undefined ? {} : { environment }),
      time,
    },
  };
};

const readingFindings = (document: FileDocument): Finding[] =>
  document.faults.map(fault => ({
    file: document.file,
    object: 'document',
    ...atPosition(document, fault),
    level: 'error',
    rule: 'syntax',
    message: fault.message,
    instead: 'Correct the text so that it can be read.',
  }));

const schemaFindings = (document: FileDocument): Finding[] =>
  checkObject(document.value).map(({ path, of, rule, message, next }) => ({
    file: document.file,
    object: objectName(document.value),
    ...placeOf(document, path, of),
    level: 'error',
    rule: `schema/${rule}`,
    message,
    instead: next,
  }));

/** Kinds whose names nobody else has: in a group that is not known, they are probably meant to be ours. */
const oursAlone: readonly string[] = [EnvironmentRequestKind.kind, ChangeRequestKind.kind];

/** Whoever has not said that a group is theirs would take it for checked. */
const groupFindings = (document: FileDocument): Finding[] => {
  const { apiVersion, kind } = document.value as Fields;
  const group = String(apiVersion).split('/', 1)[0] ?? '';
  if (group === defaultGroup || !oursAlone.includes(String(kind))) return [];
  return [
    {
      file: document.file,
      object: objectName(document.value),
      ...placeOf(document, ['apiVersion'], 'value'),
      level: 'warning',
      rule: 'schema/other-group',
      message: `${group} is no group of ours: it was not checked as ${kind === EnvironmentRequestKind.kind ? 'an' : 'a'} ${kind}.`,
      instead: `If it is one of your organisation’s, say so: --api-group ${group}`,
    },
  ];
};

/** Judges documents by the schemas of our kinds and by policies. What does not fit its schema is not shown to policies. */
export const validateDocuments = async (
  documents: readonly FileDocument[],
  parts: JudgeParts,
  request: ValidationRequest,
): Promise<Validation> => {
  let invalid = false;
  let denied = false;
  const found = await Promise.all(
    documents.map(async document => {
      const wrong = document.faults.length > 0 ? readingFindings(document) : schemaFindings(document);
      if (wrong.length > 0) {
        invalid = true;
        return wrong;
      }
      const subject = offlineSubject(document.value as Fields, request);
      const verdict = await judge(parts, subject, { drafts: request.drafts === true });
      denied ||= !verdict.allowed;
      return [...groupFindings(document), ...policyFindings(document, verdict, parts.policies)];
    }),
  );
  return { findings: found.flat(), verdict: invalid ? 'invalid' : denied ? 'denied' : 'allowed' };
};
