import {
  type ChangeRequest,
  ChangeRequestKind,
  type EnvironmentService,
  type Service,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { branchPreviewName, changePreviewName } from './preview-name.ts';

/** A change that is to have an environment of its own. */
export interface WantedPreview {
  readonly name: string;
  /** The newest commit of the change. */
  readonly commit: string;
  readonly branch: string;
  readonly follows: Pick<EnvironmentService, 'branch' | 'changeRequest'>;
  /** The change request it is shown on. */
  readonly change: ChangeRequest | undefined;
}

const openChangesOf = (
  { engine: { store } }: Capabilities,
  { metadata: { name, namespace } }: Service,
): ChangeRequest[] =>
  store.peekAll(
    ChangeRequestKind,
    namespace,
    ({ spec, status, metadata }) =>
      spec.service === name &&
      !spec.closed &&
      // What lies in another forge cannot be built here.
      spec.forge === undefined &&
      !metadata.deletionTimestamp &&
      status?.phase === 'Open' &&
      status.head !== undefined,
  );

/** What of a service is to have a preview now: its open change requests, or each branch beside the one that is released. */
export const wantedPreviews = async (
  capabilities: Capabilities,
  service: Service,
): Promise<readonly WantedPreview[]> => {
  const { previews, branch: released } = service.spec;
  if (!previews) return [];
  const { name, namespace = '' } = service.metadata;
  const changes = openChangesOf(capabilities, service);
  if (previews.for === 'changeRequests')
    return changes.map(change => ({
      name: changePreviewName(name, change.spec.number),
      commit: change.status?.head ?? '',
      branch: change.spec.source,
      follows: { changeRequest: change.spec.number },
      change,
    }));
  const branches = await capabilities.changeSource.branches({ team: namespace, service: name });
  return [...branches]
    .filter(([branch]) => branch !== released)
    .map(([branch, commit]) => ({
      name: branchPreviewName(name, branch),
      commit,
      branch,
      follows: { branch },
      change: changes.find(({ spec }) => spec.source === branch),
    }));
};
