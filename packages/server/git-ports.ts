import type { Access } from '@causeway/api';
import { type Capabilities, reportPush } from '@causeway/capabilities';
import type { Controller } from '@causeway/engine';
import { type GitHttpOptions, judgePush } from '@causeway/git';
import { isPlatformError, ServiceKind } from '@causeway/model';

const largestFile = 32 * 1024 * 1024;

/** What git hosting asks of the rest: who someone is, what they may, whether a push is right, what becomes of it. */
export const gitPorts = (
  capabilities: Capabilities,
  access: Access,
  services: Controller,
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
      return judgePush(push, { releaseBranch: service.spec.branch, fileBytes: largestFile });
    },
    report: (push, signal) => reportPush(capabilities, push, key => services.nudge(key), signal),
  };
};
