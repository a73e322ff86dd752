import type { Actor } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  closestNames,
  type ObjectKey,
  type OpenChange,
  PlatformError,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { ownedBy, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { isOpenFor } from './observe-change.ts';

const missingBranch = (branch: string, branches: Iterable<string>, service: string): PlatformError => {
  const [near] = closestNames(branch, [...branches]);
  return new PlatformError('NotFound', `${service} has no branch '${branch.slice(0, 200)}'`, {
    next: near === undefined ? `Push it first: git push origin HEAD:${branch}` : `Did you mean '${near}'?`,
  });
};

/** Checks that there is something to merge. Returns the first line of the oldest commit: what the change does, if nobody says. */
const firstLineOf = async (
  { changeSource, repositories }: Capabilities,
  { namespace, name }: ObjectKey,
  source: string,
  target: string,
): Promise<string> => {
  const id = { team: namespace, service: name };
  if (source === target)
    throw new PlatformError('Invalid', `${source} cannot be merged into itself`, {
      next: 'Commit to another branch, push that, and open the change from there.',
    });
  const branches = await changeSource.branches(id);
  const [head, onto] = [branches.get(source), branches.get(target)];
  if (!head) throw missingBranch(source, branches.keys(), name);
  if (!onto) throw missingBranch(target, branches.keys(), name);
  const { base, ahead } = await changeSource.compare(id, onto, head);
  if (base === undefined)
    throw new PlatformError('Invalid', `${source} and ${target} have no commit in common`, {
      next: `Begin the branch from ${target}, and bring your commits there with git cherry-pick.`,
    });
  if (ahead === 0)
    throw new PlatformError('Invalid', `${source} has nothing that ${target} has not`, {
      next: 'Commit to it and push, then open the change.',
    });
  const commits = await repositories.commits(id, onto, head, 1000);
  const line = (commits.at(-1)?.subject ?? '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300)
    .toWellFormed();
  return line === '' ? source : line;
};

const nextNumber = async ({ engine }: Capabilities, key: ObjectKey, by: string): Promise<number> => {
  const { status } = await engine.store.mutate(
    ServiceKind,
    key,
    one => ({ ...one, status: { ...one.status, changeRequests: (one.status?.changeRequests ?? 0) + 1 } }),
    controllerActor('change-request', by),
    { subresource: 'status' },
  );
  return status?.changeRequests ?? 1;
};

/** One of another forge may have the name already. */
const freeNumber = async (capabilities: Capabilities, key: ObjectKey, by: string): Promise<number> => {
  const { store } = capabilities.engine;
  for (;;) {
    const number = await nextNumber(capabilities, key, by);
    if (!store.peek(ChangeRequestKind, { namespace: key.namespace, name: `${key.name}.${number}` }))
      return number;
  }
};

const openFor = (
  { engine }: Capabilities,
  service: Service,
  source: string,
  target: string,
): ChangeRequest | undefined =>
  engine.store.peekAll(ChangeRequestKind, service.metadata.namespace, one =>
    isOpenFor(one, service.metadata.name, source, target),
  )[0];

/** Title and description of one that is open, as whoever pushes again says them. */
const reworded = async (
  { engine }: Capabilities,
  change: ChangeRequest,
  { title, description }: OpenChange,
  actor: Actor,
): Promise<ChangeRequest> =>
  engine.store.mutate(
    ChangeRequestKind,
    { namespace: change.metadata.namespace ?? '', name: change.metadata.name },
    one => ({
      ...one,
      spec: {
        ...one.spec,
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
      },
    }),
    actor,
  );

/** Opens a change request for a branch. One that is open for it already stays, with the title and description that are given. */
export const openChange = async (
  capabilities: Capabilities,
  key: ObjectKey,
  wanted: OpenChange,
  actor: Actor,
): Promise<{ readonly change: ChangeRequest; readonly opened: boolean }> => {
  const service = await capabilities.engine.store.get(ServiceKind, key);
  const { source, target = service.spec.branch, description } = wanted;
  const before = openFor(capabilities, service, source, target);
  if (before) return { change: await reworded(capabilities, before, wanted, actor), opened: false };
  const line = await firstLineOf(capabilities, key, source, target);
  const number = await freeNumber(capabilities, key, actor.user);
  const change = await capabilities.guarded.create(
    ChangeRequestKind,
    {
      metadata: {
        name: `${key.name}.${number}`,
        namespace: key.namespace,
        labels: { [serviceLabel]: key.name },
        ownerReferences: [ownedBy(service)],
      },
      spec: {
        service: key.name,
        number,
        source,
        target,
        title: wanted.title ?? line,
        ...(description === undefined || description === '' ? {} : { description }),
        author: actor.user,
        closed: false,
      },
    },
    actor,
  );
  return { change, opened: true };
};
