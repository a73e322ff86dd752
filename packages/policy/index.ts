export { type CaseResult, runCases, subjectOfCase } from './cases/run-cases.ts';
export type { EvidenceFormat, EvidenceReport } from './evidence/evidence-report.ts';
export { readEvidence } from './evidence/read-evidence.ts';
export { type ExplainedDecision, type Explanation, explain } from './explain/explain.ts';
export { whyNotAsked } from './explain/why-not-asked.ts';
export { type FileDocument, type Position, readDocuments } from './files/documents.ts';
export { loadPolicies } from './files/load-policies.ts';
export { type FilePolicy, type FolderFile, type PolicyFolder, testSourceOf } from './files/policy-file.ts';
export { readPolicies, readPolicyFiles } from './files/read-folder.ts';
export { policiesOf } from './files/read-policies.ts';
export { applies, kindOfSubject, nameOfSubject, teamOfSubject } from './judge/applies.ts';
export { endOf, exceptionsFor, inForce, isDecided, requestDigest } from './judge/exceptions.ts';
export { type JudgeOptions, type JudgeParts, judge } from './judge/judge.ts';
export {
  completePolicy,
  type JudgingPolicy,
  sourceOf,
  specInOurGroup,
  versionOf,
} from './judge/judging-policy.ts';
export { type ParameterFault, parameterFaults } from './judge/parameter-faults.ts';
export type { PolicyDecision, Verdict } from './judge/verdict.ts';
export { linesOf, type PolicyWords, wordsOf } from './judge/words.ts';
export { canonicalJson, digestOf } from './record/digest.ts';
export { type Redacted, redact, redactedText } from './record/redact.ts';
export {
  createReplay,
  type ReplayChange,
  type ReplayedInput,
  type ReplayReport,
} from './replay/replay-report.ts';
export { checkObject, schemaRules } from './validation/check-object.ts';
export { type Finding, type FindingLevel, objectName } from './validation/finding.ts';
export {
  offlineSubject,
  type Validation,
  type ValidationRequest,
  validateDocuments,
} from './validation/validate-documents.ts';
