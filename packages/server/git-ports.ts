import type { Access } from '@causeway/api';
import {
  type Capabilities,
  environmentsFollowing,
  judgePushedChange,
  policiesIn,
  type RunningCapabilities,
  reportPush,
} from '@causeway/capabilities';
import { type GitHttpOptions, judgePush, type PushProposal } from '@causeway/git';
import { isPlatformError, type Service, ServiceKind } from '@causeway/model';

const largestFile = 32 * 1024 * 1024;

/** What policies say of a push, with the documents that it changes on the release branch. */
const judgeByPolicies = async (capabilities: Capabilities, service: Service, push: PushProposal) => {
  const refs = [];
  const files = [];
  for (const update of push.updates) {
    const { ref, before, after, kind } = update;
    const entries = (await push.tree.changes(update)).filter(({ type }) => type === 'file');
    refs.push({
      ref,
      kind,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      files: entries.map(({ path }) => path),
    });
    if (ref !== `refs/heads/${service.spec.branch}`) continue;
    for (const entry of entries)
      files.push({
        path: entry.path,
        size: entry.size,
        read: async () => (await push.tree.read(entry)).toString('utf8'),
      });
  }
  return judgePushedChange(capabilities, { service, user: push.user, refs, files });
};

/** What git hosting asks of the rest: who someone is, what they may, whether a push is right, what becomes of it. */
export const gitPorts = (
  capabilities: Capabilities,
  access: Access,
  { services, policies, environments }: RunningCapabilities,
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
    async judge(push) {
      const service = store.peek(ServiceKind, { namespace: push.id.team, name: push.id.service });
      if (!service || service.metadata.deletionTimestamp)
        return {
          accept: false,
          lines: [`The service ${push.id.service} of team ${push.id.team} is gone or being deleted.`],
        };
      const verdict = await judgePush(push, { releaseBranch: service.spec.branch, fileBytes: largestFile });
      return verdict.accept ? judgeByPolicies(capabilities, service, push) : verdict;
    },
    report: (push, signal) => {
      const refs = push.updates.map(({ ref }) => ref);
      for (const key of environmentsFollowing(capabilities.engine, push.id, refs)) environments.nudge(key);
      for (const key of policiesIn(capabilities.engine, push.id)) policies.nudge(key);
      return reportPush(capabilities, push, key => services.nudge(key), signal);
    },
  };
};
