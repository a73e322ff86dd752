import type { Policies } from './artefact/rego.js';
import { pathOf, type RuleRole, roleOf } from './rule-shapes.ts';

/** A rule that modules declare. Functions are none: they have no value of their own to ask for. */
export interface RegoRule {
  readonly name: string;
  readonly role: RuleRole;
  /** `data.k8s`. */
  readonly package: string;
  /** `data.k8s.deny`. */
  readonly path: string;
}

interface ModuleOutline {
  readonly file: string;
  readonly package: readonly string[];
  readonly rules: readonly { readonly name: string; readonly kind: string }[];
}

/** The rules, each once, in the order of the modules. */
export const rulesOf = (policies: Policies): readonly RegoRule[] => {
  const byPath = new Map<string, RegoRule>();
  for (const { package: parts, rules } of JSON.parse(policies.outline()) as ModuleOutline[])
    for (const { name, kind } of rules) {
      const path = pathOf(...parts, name);
      if (kind === 'function' || byPath.has(path)) continue;
      byPath.set(path, { name, role: roleOf(name), package: pathOf(...parts), path });
    }
  return [...byPath.values()];
};
