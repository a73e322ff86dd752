import type { Access } from '@causeway/api';
import {
  type Capabilities,
  changeOptionProblems,
  environmentsFollowing,
  judgeProposal,
  policiesIn,
  type RunningCapabilities,
  reportChanges,
  reportPush,
} from '@causeway/capabilities';
import { type GitHttpOptions, judgePush, type PushProposal, type Verdict } from '@causeway/git';
import { isPlatformError, ServiceKind } from '@causeway/model';

const largestFile = 32 * 1024 * 1024;

/** Whether a push is right, or what only a change request asks about: by the rules for every push, then by policies. */
export const judgeByAll = async (capabilities: Capabilities, push: PushProposal): Promise<Verdict> => {
  const { team, service: name } = push.id;
  const service = capabilities.engine.store.peek(ServiceKind, { namespace: team, name });
  if (!service || service.metadata.deletionTimestamp)
    return { accept: false, lines: [`The service ${name} of team ${team} is gone or being deleted.`] };
  const { branch } = service.spec;
  const lines = changeOptionProblems(push, branch);
  if (lines.length > 0) return { accept: false, lines };
  const verdict = await judgePush(push, { releaseBranch: branch, fileBytes: largestFile });
  return verdict.accept ? judgeProposal(capabilities, service, push) : verdict;
};

/** What git hosting asks of the rest: who someone is, what they may, whether a push is right, what becomes of it. */
export const gitPorts = (
  capabilities: Capabilities,
  access: Access,
  { services, policies, environments, previews, changes }: RunningCapabilities,
): Pick<GitHttpOptions, 'authenticate' | 'authorize' | 'judge' | 'report'> => {
  const { store } = capabilities.engine;
  return {
    async authenticate(authorization) {
      try {
        return (await access.authenticate(authorization, 'git')).actor;
      } catch (error) {
        if (isPlatformError(error, 'Unauthenticated')) return undefined;
        throw error;
      }
    },
    authorize: async (user, { team, service }, action) =>
      access.decide(user, {
        verb: action === 'read' ? 'get' : 'update',
        kind: ServiceKind,
        namespace: team,
        name: service,
        role: action === 'read' ? 'viewer' : 'developer',
      }).allowed,
    judge: push => judgeByAll(capabilities, push),
    async *report(push, signal) {
      const refs = push.updates.map(({ ref }) => ref);
      for (const key of environmentsFollowing(capabilities.engine, push.id, refs)) environments.nudge(key);
      for (const key of policiesIn(capabilities.engine, push.id)) policies.nudge(key);
      const service = { namespace: push.id.team, name: push.id.service };
      services.nudge(service);
      previews.nudge(service);
      let told = false;
      for await (const line of reportChanges(changes, push, signal)) {
        told = true;
        yield line;
      }
      const released = `refs/heads/${store.peek(ServiceKind, service)?.spec.branch}`;
      if (!told || refs.includes(released))
        yield* reportPush(capabilities, push, key => services.nudge(key), signal);
    },
  };
};
