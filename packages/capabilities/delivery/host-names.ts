import type { Store } from '@causeway/engine';
import { type ObjectKey, productionEnvironment, type Service, ServiceKind } from '@causeway/model';
import type { Addresses } from '../settings.ts';

export interface HostNames {
  /** All names the service answers to; the first is the one people are told. */
  readonly names: readonly string[];
  /** The team that has the short name, when it is not this one. */
  readonly shortNameTakenBy?: string;
}

const older = (a: Service, b: Service): number =>
  a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) ||
  a.metadata.uid.localeCompare(b.metadata.uid);

/** `NAME.TEAM.localhost` always; `NAME.localhost` for the oldest service of that name. Other environments come before the team. */
export const hostNames = (
  store: Store,
  service: Service,
  environment: string,
  { domain }: Addresses,
): HostNames => {
  const { name, namespace = '' } = service.metadata;
  if (environment !== productionEnvironment)
    return { names: [`${name}.${environment}.${namespace}.${domain}`] };
  const full = `${name}.${namespace}.${domain}`;
  const [first] = store.peekAll(ServiceKind, undefined, other => other.metadata.name === name).sort(older);
  return !first || first.metadata.uid === service.metadata.uid
    ? { names: [`${name}.${domain}`, full] }
    : { names: [full], shortNameTakenBy: first.metadata.namespace ?? '' };
};

export const urlOf = (host: string, { gatewayPort }: Addresses): string =>
  gatewayPort === 80 ? `http://${host}` : `http://${host}:${gatewayPort}`;

export const cloneUrlOf = ({ namespace, name }: ObjectKey, { api }: Addresses): string =>
  `${api}/git/${namespace}/${name}.git`;
