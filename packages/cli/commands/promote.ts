import { following, type WaitingOptions, withoutStep } from '../following.ts';
import type { Invocation } from '../invocation.ts';

interface Options extends Omit<WaitingOptions, 'wait'> {
  readonly to: string;
  readonly from?: string;
  readonly release?: string;
  readonly approve?: boolean;
  /** Not set: until it serves, but not for gates. */
  readonly wait?: boolean;
}

export const run = async (invocation: Invocation<Options>, name: string): Promise<void> => {
  const { to, from, release, approve, wait } = invocation.options;
  const { output } = invocation;
  const platform = await invocation.platform();
  const wish = {
    team: await invocation.team(),
    to,
    ...(from === undefined ? {} : { from }),
    ...(release === undefined ? {} : { release }),
    ...(approve ? { approve } : {}),
    ...(wait === undefined ? {} : { wait: wait && ('gates' as const) }),
  };
  const { promotion, url } = await following(invocation, name, follow =>
    platform.promote(name, { ...wish, ...follow }),
  ).catch(withoutStep);
  if (output.machine) return output.document(promotion);
  const { phase, waitsFor, decision } = promotion.status ?? {};
  // Without a decision there was nothing to do.
  const outcome = decision
    ? `${wait === false ? 'is promoted to' : 'serves in'} ${to}`
    : `serves in ${to} already`;
  if (phase === 'Promoted') output.line(`✔ ${promotion.spec.release} ${outcome}`);
  else output.line(`… ${promotion.spec.release} waits to be promoted to ${to}`);
  for (const { message, opensAt } of waitsFor ?? [])
    output.line(opensAt ? `  ${message} (${opensAt})` : `  ${message}`);
  if (url) output.line(`  ${url}`);
};
