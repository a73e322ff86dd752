import type { PolicyEngine } from '../../packages/contracts/index.ts';
import { createPolicyEngine } from '../../packages/drivers/index.ts';
import { loadRego } from '../../packages/drivers/policy-rego/load-rego.ts';
import type { LoadedPolicy } from '../../packages/drivers/policy-workers/loaded-policy.ts';
import { type JudgingPolicy, judge } from '../../packages/policy/index.ts';
import { policyOf } from './corpus.ts';
import { type Decider, ownSeconds } from './decider.ts';

const limits = { milliseconds: 2000, megabytes: 64 };

const judging = (
  name: string,
  engine: Pick<PolicyEngine, 'evaluate'>,
  policies: readonly JudgingPolicy[],
  close: () => Promise<void>,
): Decider => ({
  name,
  decisions: policies.length,
  async decide(subject) {
    const { decisions } = await judge({ engine, policies, exceptions: [] }, subject);
    let findings = 0;
    for (const { error, findings: found } of decisions) {
      if (error) throw new Error(error);
      findings += found.length;
    }
    return findings;
  },
  processorSeconds: ownSeconds,
  clientSeconds: async () => 0,
  close,
});

/** `judge` with the engine in the thread that asks, as a benchmark may have it and nothing else. */
export const inThread = async (count: number): Promise<Decider> => {
  const loaded = new Map<string, LoadedPolicy>();
  const policies = Array.from({ length: count }, (_, n) => {
    const policy = policyOf(n);
    loaded.set(policy.name, loadRego(policy.source));
    return { ...policy, loaded: policy.name };
  });
  const engine: Pick<PolicyEngine, 'evaluate'> = {
    evaluate: async (asked, subject) =>
      asked.map(({ digest, parameters = {} }) =>
        (loaded.get(digest) as LoadedPolicy).evaluate(subject, parameters, { trace: false, limits }),
      ),
  };
  return judging('judge(), in the thread that asks', engine, policies, async () => {});
};

/** `judge` as the server has it: with the pool, here of one thread. */
export const throughPool = async (count: number): Promise<Decider> => {
  const engine = createPolicyEngine({ threads: 1, limits });
  const policies = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const policy = policyOf(n);
      return { ...policy, loaded: (await engine.load(policy.source)).digest };
    }),
  );
  return judging('judge(), through the pool', engine, policies, () => engine.close());
};
