import type { Store } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  EnvironmentKind,
  type KindObject,
  keyOf,
  type ObjectKey,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { previewLabel } from '../../environments/preview/preview-environment.ts';
import { type Shown, shownOf } from '../request/environments-of-change.ts';

type Preview = NonNullable<NonNullable<Service['status']>['previews']>[number];

/** Of the team’s services, the previews that were made of a commit. */
const madeOf = (
  store: Pick<Store, 'peekAll'>,
  namespace: string,
  commit: string | undefined,
): readonly Preview[] =>
  commit === undefined
    ? []
    : store
        .peekAll(ServiceKind, namespace, ({ status }) => status?.previews !== undefined)
        .flatMap(({ status }) => status?.previews ?? [])
        .filter(preview => preview.commit === commit);

/**
 * Previews of the newest commit of a change in another forge. Code is built from its repository here, so there is one where the
 * branch is pushed here as well.
 */
export const previewsOfCommit = (
  store: Pick<Store, 'peek' | 'peekAll'>,
  { metadata: { namespace = '' }, status }: ChangeRequest,
): Shown[] =>
  madeOf(store, namespace, status?.head).flatMap(({ name, problem }) => {
    if (problem !== undefined) return [{ name, state: `not there: ${problem}` }];
    const environment = store.peek(EnvironmentKind, { namespace, name });
    return environment ? [shownOf(environment)] : [];
  });

/** Changes of other forges whose newest commit an environment shows. */
export const changesShownBy = (
  store: Pick<Store, 'peek' | 'peekAll'>,
  { metadata: { name, namespace = '', labels } }: KindObject,
): readonly ObjectKey[] => {
  const service = labels?.[previewLabel];
  if (service === undefined) return [];
  const { previews = [] } = store.peek(ServiceKind, { namespace, name: service })?.status ?? {};
  const commit = previews.find(one => one.name === name)?.commit;
  return store
    .peekAll(
      ChangeRequestKind,
      namespace,
      ({ spec, status }) =>
        spec.forge !== undefined && (status?.head === commit || isTold(status?.environments, name)),
    )
    .map(keyOf);
};

const isTold = (told: readonly Shown[] | undefined, name: string): boolean =>
  told?.some(one => one.name === name) ?? false;
