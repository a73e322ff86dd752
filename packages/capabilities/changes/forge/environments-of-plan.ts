import type { Store } from '@causeway/engine';
import { type ChangeRequest, EnvironmentRequestKind, findCondition } from '@causeway/model';

type Shown = NonNullable<NonNullable<ChangeRequest['status']>['environments']>[number];

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

/** How the environments are that a merged change asked for. */
export const environmentsAfter = (store: Pick<Store, 'peek'>, change: ChangeRequest): Shown[] => {
  const { metadata, status } = change;
  if (status?.phase !== 'Merged') return [...(status?.environments ?? [])];
  return requestedIn(change).flatMap(name => {
    const key = { namespace: metadata.namespace ?? '', name };
    const request = store.peek(EnvironmentRequestKind, key);
    if (!request) {
      const before = status.environments?.some(one => one.name === name);
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
