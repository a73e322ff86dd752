export { applies, kindOfSubject, nameOfSubject, teamOfSubject } from './judge/applies.ts';
export { endOf, exceptionsFor, inForce, isDecided, requestDigest } from './judge/exceptions.ts';
export { type JudgeOptions, type JudgeParts, judge } from './judge/judge.ts';
export { completePolicy, type JudgingPolicy, sourceOf, versionOf } from './judge/judging-policy.ts';
export type { PolicyDecision, Verdict } from './judge/verdict.ts';
export { linesOf, type PolicyWords, wordsOf } from './judge/words.ts';
export { canonicalJson, digestOf } from './record/digest.ts';
export { type Redacted, redact, redactedText } from './record/redact.ts';
