import type { Store } from '@causeway/engine';
import { EnvironmentKind, ReleaseKind, type Rollout, RolloutKind, ServiceKind } from '@causeway/model';
import type { Addresses } from '../../settings.ts';
import { urlOf } from '../host-names.ts';
import { type ServiceUrls, webProcess } from './replica-plan.ts';
import { addressOf, preferredAddress } from './route-address.ts';

/** More are not told: each replica carries them all. */
const mostServices = 100;

/** A name that a shell takes: `payments-api` → `PAYMENTS_API_URL`, `2fa` → `_2FA_URL`. */
export const urlVariable = (service: string): string =>
  `${service}_URL`
    .toUpperCase()
    .replaceAll('-', '_')
    .replace(/^(?=\d)/, '_');

interface Beside {
  readonly services: readonly string[];
  /** People listed them for this environment: which they are is part of its configuration. */
  readonly listed: boolean;
}

const servicesBeside = (store: Store, namespace: string, environment: string): Beside => {
  const { spec } = store.peek(EnvironmentKind, { namespace, name: environment }) ?? {};
  if (spec && spec.type !== 'standing')
    return { services: (spec.services ?? []).map(({ name }) => name).sort(), listed: true };
  const all = store.peekAll(ServiceKind, namespace, ({ metadata }) => !metadata.deletionTimestamp);
  const oldest = all
    .map(({ metadata }) => metadata)
    .sort((a, b) => (a.creationTimestamp + a.name < b.creationTimestamp + b.name ? -1 : 1))
    .slice(0, mostServices);
  return { services: oldest.map(({ name }) => name).sort(), listed: false };
};

/** `false` when what is to run of a service there has no process that listens. */
const mayListen = (store: Store, namespace: string, name: string): boolean => {
  const rollout = store.peek(RolloutKind, { namespace, name });
  const release = rollout && store.peek(ReleaseKind, { namespace, name: rollout.spec.release });
  return !release || webProcess in release.spec.artifact.processes;
};

/**
 * The variables by which a rollout’s replicas reach the services of their environment. That a service appears in a
 * standing environment restarts nobody: others are told with their next release. Only an address that is another than its
 * service has by name alone, so that a replica may know the wrong one, makes a new configuration.
 */
export const serviceUrls = (
  store: Store,
  { metadata: { namespace: team = '' }, spec: { environment } }: Rollout,
  addresses: Addresses,
): ServiceUrls => {
  const { services, listed } = servicesBeside(store, team, environment);
  const variables: Record<string, string> = {};
  const moved: Record<string, string> = {};
  for (const service of services) {
    if (!mayListen(store, team, `${service}.${environment}`)) continue;
    const place = { team, environment, service };
    const address = addressOf(store, place);
    variables[urlVariable(service)] = urlOf(address, addresses);
    if (address !== preferredAddress(place)) moved[service] = address;
  }
  const digested = [...(listed ? [{ services }] : []), ...(Object.keys(moved).length > 0 ? [{ moved }] : [])];
  return { variables, digested };
};
