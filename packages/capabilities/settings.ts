import type {
  BundleReader,
  ChangeSource,
  FileSet,
  LogStore,
  Notifier,
  PolicyEngine,
  RemoteRepositories,
  SourceRepositories,
} from '@causeway/contracts';
import type { Engine, Store } from '@causeway/engine';
import type { ConfiguredForge } from './changes/forge/repository-in-forge.ts';
import type { PolicyRegistry } from './policy/registry/policy-registry.ts';

/** The golden paths that a repository can start from. */
export interface Templates {
  readonly names: readonly string[];
  /** The files of a template with its placeholders filled in; `undefined` when there is no such template. */
  files(
    template: string,
    values: { service: string; team: string; description: string },
  ): Promise<FileSet | undefined>;
}

/** Asks a release through the gateway, as a visitor would. */
export interface Visitor {
  /** The status of the answer to GET `path` with this host name; throws when there is none in time. */
  get(host: string, path: string, timeoutMs: number): Promise<number>;
}

/** Where people and programs reach the platform. */
export interface Addresses {
  /** `http://127.0.0.1:7070` */
  readonly api: string;
  /** The gateway’s port, as it stands in URLs. */
  readonly gatewayPort: number;
  /** Services are reached below it: `localhost`. */
  readonly domain: string;
}

/** What environments may be here. */
export interface Offer {
  /** Where they may run. Empty: every region that people name is this machine. */
  readonly regions: readonly string[];
  /** How long one is there whose request does not say; a duration. */
  readonly lifetime: string;
  /** How long one may be there in all, extensions included; a duration. */
  readonly longest: string;
}

/** What things cost a month; only for estimates. */
export interface RateCard {
  /** Such as EUR. */
  readonly currency: string;
  /** Of one core. */
  readonly cpu: number;
  /** Of one GiB of memory. */
  readonly memory: number;
  /** Of one GiB of storage. */
  readonly storage: number;
}

/** All that reconcilers are made from. */
export interface Capabilities {
  readonly engine: Engine;
  /** The store as people and their automation write to it: what policies and guards refuse is not written. */
  readonly guarded: Store;
  /** Puts the same guards and policies before another store: a plan asks them about a world that is not there yet. */
  readonly guard: (store: Store) => Store;
  readonly repositories: SourceRepositories;
  /** Not set: no repository elsewhere is read. */
  readonly remotes?: RemoteRepositories;
  readonly changeSource: ChangeSource;
  readonly templates: Templates;
  readonly visitor: Visitor;
  readonly logs: LogStore;
  readonly policyEngine: PolicyEngine;
  readonly policies: PolicyRegistry;
  readonly bundles: BundleReader;
  readonly notifier: Notifier;
  /** Forges elsewhere that repositories may lie in. Not set: none. */
  readonly forges?: readonly ConfiguredForge[];
  readonly addresses: Addresses;
  /** Groups that people may write beside ours; files from elsewhere are read with them. Not set: none. */
  readonly apiGroups?: readonly string[];
  readonly offer: Offer;
  /** Not set: nothing is estimated. */
  readonly rateCard?: RateCard;
  /** How long a new release may break and the one it replaced takes over again, milliseconds; default 5 s. */
  readonly probationMs?: number;
}
