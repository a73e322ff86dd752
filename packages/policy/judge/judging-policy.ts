import type { PolicySource } from '@causeway/contracts';
import { canonicalApiVersion, type Policy, PolicyKind } from '@causeway/model';
import { digestOf } from '../record/digest.ts';

/** A policy as it judges: what its object says, with the text that is in force. */
export interface JudgingPolicy {
  readonly name: string;
  readonly spec: Policy['spec'];
  readonly source: PolicySource;
  /** Names the source in the engine. Absent: it does not compile, for the reason in `broken`. */
  readonly loaded?: string;
  readonly broken?: string;
  /** Of source and parameters: changes when the policy may judge otherwise. */
  readonly version: string;
}

/** The text in force; `undefined` while one from git or a bundle has not come. */
export const sourceOf = ({
  spec,
  status,
}: Pick<Policy, 'spec'> & Partial<Pick<Policy, 'status'>>): PolicySource | undefined => {
  const { inline, modules = status?.modules } = spec.source;
  const texts = inline === undefined ? modules : [{ name: nameOfInline[spec.engine], source: inline }];
  return texts && { engine: spec.engine, modules: texts, ...(spec.syntax ? { version: spec.syntax } : {}) };
};

const nameOfInline = { rego: 'policy.rego', cel: 'policy.cel', kyverno: 'policy.yaml' } as const;

/** The version of a policy: what is recorded of each decision. */
export const versionOf = (spec: Policy['spec'], source: PolicySource): string =>
  digestOf({ source, parameters: spec.parameters, match: spec.match });

/** What a policy says, with kinds that it names in a group of the organisation named in ours: as it will be shown them. */
export const specInOurGroup = (spec: Policy['spec'], apiGroups: readonly string[]): Policy['spec'] => ({
  ...spec,
  match: { ...spec.match, kinds: spec.match.kinds.map(kind => canonicalApiVersion(kind, apiGroups)) },
});

/** Fills in what a policy given in a file leaves out. Throws zod’s error. */
export const completePolicy = (spec: unknown): Policy['spec'] => PolicyKind.spec.parse(spec);
