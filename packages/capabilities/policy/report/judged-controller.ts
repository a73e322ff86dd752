import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  isPlatformError,
  keyOf,
  keyText,
  type Policy,
  PolicyKind,
  type PolicyReport,
  PolicyReportKind,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { createTally } from './tally.ts';

/** A policy’s figures are written at most so often, however many reports change. */
const everyMs = 2_000;
const actor = controllerActor('policy-judged');

const sameFigures = (a: object | undefined, b: object): boolean => {
  const { at: _at, ...figures } = { at: '', ...a };
  return JSON.stringify(figures) === JSON.stringify(b);
};

/** Keeps on each policy what it says of everything there is, by team: what going a step further would refuse. */
export const judgedController = (engine: Engine): ControllerDefinition => {
  const { store, clock } = engine;
  const tally = createTally();
  const written = new Map<string, number>();
  for (const report of store.peekAll(PolicyReportKind))
    tally.set(keyText(keyOf(report)), report as PolicyReport);
  return defineController({
    name: 'policy-judged',
    kind: PolicyKind,
    watches: [
      {
        kind: PolicyReportKind,
        keys: report => {
          const key = keyOf(report);
          const there = store.peek(PolicyReportKind, key) as PolicyReport | undefined;
          return [...tally.set(keyText(key), there)].map(name => ({ namespace: '', name }));
        },
      },
    ],
    async reconcile(key) {
      const policy = store.peek(PolicyKind, key);
      if (!policy) return undefined;
      const figures = tally.of(key.name);
      if (sameFigures(policy.status?.judged, figures)) return undefined;
      const wait = (written.get(key.name) ?? Number.NEGATIVE_INFINITY) + everyMs - clock.elapsed();
      if (wait > 0) return { after: wait };
      written.set(key.name, clock.elapsed());
      await store
        .mutate(
          PolicyKind,
          key,
          (current: Policy) => ({
            ...current,
            status: {
              ...current.status,
              judged: { ...figures, at: new Date(clock.now()).toISOString() },
            },
          }),
          actor,
          { subresource: 'status' },
        )
        .catch(error => {
          if (!isPlatformError(error, 'NotFound')) throw error;
        });
      return undefined;
    },
  });
};
