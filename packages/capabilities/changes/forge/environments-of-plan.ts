import type { Store } from '@causeway/engine';
import { type ChangeRequest, EnvironmentRequestKind, findCondition } from '@causeway/model';
import type { Shown } from '../request/environments-of-change.ts';
import { previewsOfCommit } from './previews-of-commit.ts';

/** Names of the requests for environments that a change is about. */
export const requestedIn = ({ status }: ChangeRequest): readonly string[] => [
  ...new Set([
    ...(status?.environments ?? []).map(({ name }) => name),
    ...(status?.plan?.changes ?? []).flatMap(({ kind, name, action }) =>
      kind === EnvironmentRequestKind.kind && (action === 'create' || action === 'change') ? [name] : [],
    ),
  ]),
];

const gone: Readonly<Record<string, string>> = {
  Expired: 'gone: its time was over',
  Deleted: 'gone: it was deleted',
};

/** So many previews that are gone are still told of. */
const mostGone = 10;

/** How the environments are that show a change, and those that it asked for once it is merged. */
export const environmentsAfter = (store: Pick<Store, 'peek' | 'peekAll'>, change: ChangeRequest): Shown[] => {
  const previews = previewsOfCommit(store, change);
  const { phase, environments = [] } = change.status ?? {};
  const others =
    phase === 'Merged'
      ? askedFor(store, change)
      : environments.slice(-mostGone).map(({ name }) => ({ name, state: 'gone' }));
  return [...previews, ...others.filter(({ name }) => !previews.some(preview => preview.name === name))];
};

const askedFor = (store: Pick<Store, 'peek'>, change: ChangeRequest): Shown[] => {
  const { metadata, status } = change;
  return requestedIn(change).flatMap(name => {
    const key = { namespace: metadata.namespace ?? '', name };
    const request = store.peek(EnvironmentRequestKind, key);
    if (!request) {
      const before = status?.environments?.some(one => one.name === name);
      return before ? [{ name, state: 'gone' }] : [];
    }
    const { phase, readyAfterMs, urls = {}, expiresAt, gone: end, conditions } = request.status ?? {};
    if (end) return [{ name, state: gone[end.reason] ?? 'gone' }];
    const said = findCondition(conditions, 'Ready')?.message;
    const after =
      readyAfterMs === undefined ? '' : ` after ${Math.max(1, Math.round(readyAfterMs / 1000))} s`;
    const state =
      phase === 'Ready'
        ? `ready${after}`
        : `${phase?.toLowerCase() ?? 'asked for'}${said ? `: ${said}` : ''}`;
    const [url] = Object.values(urls);
    return [
      {
        name,
        state,
        ...(url === undefined ? {} : { url }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
    ];
  });
};
