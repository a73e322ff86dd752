import type { Operation } from './record.ts';

/** [DEL8] What was acknowledged is in the ledger; each id once, whoever recorded it how often. */
export const judgeLedger = (
  ids: readonly string[],
  operations: readonly Operation[],
  complain: (problem: string) => void,
): void => {
  const there = new Set(ids);
  if (there.size !== ids.length) complain('the ledger has a step twice');
  for (const { verb, outcome, ledgerIds, id } of operations)
    for (const step of (verb === 'ledger' && ledgerIds) || [])
      if (outcome === 'ok' && !there.has(step))
        complain(`${id}: step ${step} was acknowledged and is not in the ledger`);
};
