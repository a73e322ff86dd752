import type { PolicyEvaluation, PolicySource } from '@causeway/contracts';
import { Budget } from '../policy-documents/budget.ts';
import { type Fault, policyFaults } from '../policy-documents/fault.ts';
import type { LoadedPolicy } from '../policy-workers/loaded-policy.ts';
import { admissionValues } from './admission-values.ts';
import { readCelModule } from './cel-module.ts';
import { isConstrainedTo } from './match-constraints.ts';
import { compileRules, evaluateRules, type Outcome } from './rule-set.ts';

const next =
  'Correct the expression. What may be named and called is in docs/reference/policy-languages.md; it is CEL as in Kubernetes’ ValidatingAdmissionPolicy.';

/**
 * A policy in CEL. Throws `Invalid` with every fault in syntax and types. A rule that fails to evaluate, such as for a field
 * that is not there, is an error of the evaluation, as in Kubernetes; what is found besides is told, too.
 *
 * Limits: all loops together take at most `maxSteps` steps and the time given, and what is made of texts and lists the memory
 * given. What stands still in one call is ended with the thread.
 */
export const loadCel = (source: PolicySource): LoadedPolicy => {
  const faults: Fault[] = [];
  const tell = (fault: Fault): void => {
    faults.push(fault);
  };
  const written = source.modules.flatMap(module =>
    readCelModule(module, tell).map(rules => ({ module: module.name, rules })),
  );
  const several = written.filter(({ rules }) => rules.name === undefined).length > 1;
  const all = written.map(({ module, rules }, index) => {
    const prefix = several && rules.name === undefined ? `${module}#${index}/` : '';
    return compileRules(rules, prefix, tell);
  });
  if (faults.length > 0 || all.length === 0) throw policyFaults(faults, next);

  return {
    outline: {
      syntax: 'cel',
      rules: all.flatMap(({ validations }) => validations.map(({ rule }) => rule)),
      tests: [],
    },
    evaluate(subject, parameters, { trace: traced, limits }): PolicyEvaluation {
      const begun = performance.now();
      const outcome: Outcome = { findings: [], errors: [], trace: traced ? [] : undefined };
      const budget = new Budget(limits);
      const bindings = admissionValues(subject, parameters);
      for (const rules of all) {
        if (rules.constraints && !isConstrainedTo(rules.constraints, subject)) {
          outcome.trace?.push('matchConstraints: not about this document');
          continue;
        }
        evaluateRules(rules, bindings, budget, outcome);
      }
      const { reached } = budget;
      const [first, ...rest] = outcome.errors;
      const message = reached?.message ?? (first && [first, ...rest].join('; ').slice(0, 2000));
      return {
        findings: outcome.findings,
        ...(message ? { error: { message, ...(reached ? { limit: reached.limit } : {}) } } : {}),
        ...(outcome.trace ? { trace: outcome.trace } : {}),
        microseconds: Math.round((performance.now() - begun) * 1000),
      };
    },
  };
};
