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

/** Branches of which the one that is released has everything, be it squashed into another commit. */
const mergedBranches = async (
  { engine: { store }, changeSource }: Capabilities,
  { metadata: { name, namespace = '' }, spec: { branch: released } }: Service,
  branches: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> => {
  const into = branches.get(released);
  const merged =
    into === undefined ? [] : await changeSource.mergedInto({ team: namespace, service: name }, into);
  const changes = store.peekAll(
    ChangeRequestKind,
    namespace,
    ({ spec, status }) =>
      spec.service === name &&
      spec.forge === undefined &&
      spec.target === released &&
      status?.phase === 'Merged' &&
      status.head === branches.get(spec.source),
  );
  return new Set([...merged, ...changes.map(({ spec }) => spec.source)]);
};

/** What of a service is to have a preview now: its open change requests, or each branch with something that is not released. */
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
  const merged = branches.size < 2 ? new Set() : await mergedBranches(capabilities, service, branches);
  return [...branches]
    .filter(([branch]) => branch !== released && !merged.has(branch))
    .map(([branch, commit]) => ({
      name: branchPreviewName(name, branch),
      commit,
      branch,
      follows: { branch },
      change: changes.find(({ spec }) => spec.source === branch),
    }));
};
