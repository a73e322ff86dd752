import { PlatformError, type Service } from '@causeway/model';
import type { Dispatcher, RequestInit, Response } from 'undici';

export type ServiceState = 'pending' | 'building' | 'deploying' | 'running' | 'failed' | 'deleting';

/** A service as callers of the SDK see it: a picture of one moment. */
export interface PlatformService {
  readonly name: string;
  readonly team: string;
  readonly status: ServiceState;
  /** Where it answers. */
  readonly url: string | undefined;
  readonly cloneUrl: string | undefined;
  /** The release that takes production traffic. */
  readonly release: string | undefined;
  readonly commit: string | undefined;
  /** The whole resource. */
  readonly object: Service;
  /** Asks the service; `path` starts with `/`. Works for `*.localhost` where the machine does not resolve it. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export const platformService = (object: Service, dispatcher: Dispatcher): PlatformService => {
  const { metadata, status = {} } = object;
  return {
    name: metadata.name,
    team: metadata.namespace ?? '',
    status: (status.phase ?? 'Pending').toLowerCase() as ServiceState,
    url: status.url,
    cloneUrl: status.cloneUrl,
    release: status.release,
    commit: status.commit,
    object,
    async fetch(path, init) {
      if (!status.url)
        throw new PlatformError('Unavailable', `${metadata.name} does not serve yet: it has no URL.`);
      // Only who asks a service pays for loading it.
      const { fetch } = await import('undici');
      return fetch(new URL(path, status.url), { ...init, dispatcher });
    },
  };
};
