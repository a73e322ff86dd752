import type { Store } from '@causeway/engine';
import {
  type ChangeRequest,
  type Environment,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  findCondition,
  ServiceKind,
} from '@causeway/model';
import { changeRequestAnnotation } from '../source/annotations.ts';

export type Shown = NonNullable<NonNullable<ChangeRequest['status']>['environments']>[number];

const seconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1000))} s`;

const stateOf = ({ status }: EnvironmentRequest | Environment): string => {
  const { phase, readyAfterMs, conditions } = status ?? {};
  const said = findCondition(conditions, 'Ready')?.message.replace(/\.$/, '');
  const ready = readyAfterMs === undefined ? 'ready' : `ready after ${seconds(readyAfterMs)}`;
  if (phase === 'Ready' || phase === 'Standing') return ready;
  if (phase === 'Expiring') return `expiring; ${ready}`;
  if (phase === 'Gone') {
    const reason = (status as EnvironmentRequest['status'])?.gone?.reason;
    return reason === 'Expired' ? 'gone: its time was over' : 'gone: it was deleted';
  }
  const word = phase === undefined ? 'asked for' : phase.toLowerCase();
  return said === undefined || phase === 'Asleep' ? word : `${word}: ${said}`;
};

/** Where its first service answers that does; nothing while one before it is still built. */
const urlOf = ({ status }: EnvironmentRequest | Environment): string | undefined => {
  const first = status?.progress?.find(
    ({ url, step }) => url !== undefined || step === 'Building' || step === 'Releasing',
  );
  return first ? first.url : Object.values(status?.urls ?? {})[0];
};

/** How one is, as change requests tell it. */
export const shownOf = (one: EnvironmentRequest | Environment): Shown => {
  const { expiresAt, phase } = one.status ?? {};
  const url = urlOf(one);
  const there = phase !== 'Gone' && phase !== 'Refused';
  return {
    name: one.metadata.name,
    state: stateOf(one),
    ...(there && url !== undefined ? { url } : {}),
    ...(there && expiresAt !== undefined ? { expiresAt } : {}),
  };
};

/** Previews of a change that could not be made. */
const missingPreviews = (store: Pick<Store, 'peekAll'>, namespace: string, change: string) =>
  store
    .peekAll(ServiceKind, namespace, ({ status }) => status?.previews !== undefined)
    .flatMap(({ status }) => status?.previews ?? [])
    .filter(({ changeRequest, problem }) => changeRequest === change && problem !== undefined);

/** So many that are gone are still told of. */
const mostGone = 10;

/** Of those that came from a change before, what is not there any more. One that is there again came from another change. */
const goneOf = (
  store: Pick<Store, 'peek'>,
  namespace: string,
  before: readonly Shown[],
  there: ReadonlySet<string>,
): Shown[] =>
  before
    .filter(
      ({ name }) =>
        !there.has(name) &&
        !store.peek(EnvironmentKind, { namespace, name }) &&
        !store.peek(EnvironmentRequestKind, { namespace, name }),
    )
    .slice(-mostGone)
    .map(({ name }) => ({ name, state: 'gone' }));

/** Environments that came from a change, as they are now. */
export const environmentsOf = (
  store: Pick<Store, 'peek' | 'peekAll'>,
  { metadata: { name, namespace = '' }, status }: ChangeRequest,
): Shown[] => {
  const came = (one: EnvironmentRequest | Environment): boolean =>
    one.metadata.annotations?.[changeRequestAnnotation] === name;
  const found = new Map<string, Shown>();
  for (const one of store.peekAll(EnvironmentKind, namespace, came))
    found.set(one.metadata.name, shownOf(one));
  for (const one of store.peekAll(EnvironmentRequestKind, namespace, came))
    found.set(one.metadata.name, shownOf(one));
  for (const { name: preview, problem } of missingPreviews(store, namespace, name))
    found.set(preview, { name: preview, state: `not there: ${problem}` });
  const gone = goneOf(store, namespace, status?.environments ?? [], new Set(found.keys()));
  return [...found.values(), ...gone].sort((a, b) => (a.name < b.name ? -1 : 1));
};
