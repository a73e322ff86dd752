import type { Policy } from '@causeway/model';
import { canonicalJson, completePolicy } from '@causeway/policy';

type Spec = Policy['spec'];

/** What people decide about a policy that is shipped. Everything else comes with each release. */
const decided = ['action', 'owner', 'severity', 'match', 'onError', 'exceptions', 'parameters'] as const;

/** These settings as they were shipped last: what differs from them, people have changed. */
export type ShippedSettings = Partial<Pick<Spec, (typeof decided)[number]>>;

export const settingsOf = (spec: Spec): ShippedSettings =>
  Object.fromEntries(decided.map(name => [name, spec[name]]));

const same = (a: unknown, b: unknown): boolean => canonicalJson([a]) === canonicalJson([b]);

/** Parameters one by one: a rule may need a new one, and does not know one that is gone. */
const mergeParameters = (
  live: Spec['parameters'],
  before: Spec['parameters'],
  shipped: Spec['parameters'],
): Spec['parameters'] =>
  Object.fromEntries(
    Object.entries(shipped).map(([name, value]) => [
      name,
      name in live && !same(live[name], before[name]) ? live[name] : value,
    ]),
  );

/** A policy as the new release has it, with what people have changed about it since the last one. */
export const mergeShipped = (live: Spec, before: ShippedSettings, shipped: Spec): Spec => {
  // Completed, so that a field which got a default since then does not look as if somebody had set it.
  const [now, then] = [completePolicy(live), completePolicy({ ...shipped, ...before })];
  const kept = decided.filter(name => !(name in before) || !same(now[name], then[name]));
  return {
    ...shipped,
    ...Object.fromEntries(kept.map(name => [name, now[name]])),
    parameters: mergeParameters(now.parameters, before.parameters ?? {}, shipped.parameters),
  };
};
