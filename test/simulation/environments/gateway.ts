import { type Route, RouteKind } from '@causeway/model';
import type { DatabaseServer } from '../database/database-server.ts';
import { type FollowParts, followKind } from './follow-kind.ts';
import { team } from './place.ts';
import { tellStatus } from './tell-status.ts';

/** What requests that were begun before take at most, milliseconds. */
const drainMs = 200;

const user = 'system:gateway:machine';

const addressesOf = ({ spec }: Route): readonly string[] => spec.backends.map(({ address }) => address);

/** The gateway: says which routes it serves, which addresses still answer, and whether somebody waits for what sleeps. */
export class Gateway {
  readonly #parts: FollowParts & { readonly database: DatabaseServer };
  #routes = new Map<string, Route>();
  readonly #draining = new Map<string, Set<string>>();
  readonly #waiting = new Map<string, string>();
  #run: AbortController | undefined;

  constructor(parts: FollowParts & { readonly database: DatabaseServer }) {
    this.#parts = parts;
  }

  start(): void {
    const run = new AbortController();
    this.#run = run;
    this.#routes = new Map();
    followKind(
      this.#parts,
      RouteKind,
      (type, route) => {
        if (!run.signal.aborted) this.#see(type === 'DELETED', route);
      },
      run.signal,
    );
  }

  /** Another takes over, which knows nothing of requests begun before. */
  replace(): void {
    const { scheduler, random } = this.#parts;
    this.#run?.abort();
    this.#run = undefined;
    this.#waiting.clear();
    this.#draining.clear();
    scheduler.after(random.between(1, 500), () => {
      if (!this.#run) this.start();
    });
  }

  stop(): void {
    this.#run?.abort();
  }

  /** Somebody asks for a service of an environment; says whether that has to wait for it to wake. */
  visit(environment: string): boolean {
    const asleep = [...this.#routes.values()].filter(
      ({ metadata, spec }) =>
        metadata.namespace === team && spec.environment === environment && spec.asleep === true,
    );
    for (const route of asleep) {
      this.#waiting.set(route.metadata.uid, new Date(this.#parts.database.now).toISOString());
      this.#tell(route.metadata.uid);
    }
    return asleep.length > 0;
  }

  #see(gone: boolean, route: Route): void {
    const { uid } = route.metadata;
    const before = this.#routes.get(uid);
    if (gone || route.metadata.deletionTimestamp) {
      this.#routes.delete(uid);
      return;
    }
    this.#routes.set(uid, route);
    if (!route.spec.asleep) this.#waiting.delete(uid);
    const now = addressesOf(route);
    for (const address of before ? addressesOf(before) : [])
      if (!now.includes(address)) this.#drain(uid, address);
    this.#tell(uid);
  }

  #drain(uid: string, address: string): void {
    const { scheduler, random } = this.#parts;
    const draining = this.#draining.get(uid) ?? new Set();
    this.#draining.set(uid, draining.add(address));
    scheduler.after(random.between(1, drainMs), () => {
      draining.delete(address);
      this.#tell(uid);
    });
  }

  #tell(uid: string): void {
    const route = this.#routes.get(uid);
    const run = this.#run;
    if (!route || !run) return;
    void tellStatus(this.#parts, RouteKind, route, user, () => {
      const known = this.#routes.get(uid);
      if (!known || run.signal.aborted || known.spec.starting) return undefined;
      const gateway = {
        name: 'machine',
        observedGeneration: known.metadata.generation,
        draining: [...(this.#draining.get(uid) ?? [])].filter(
          address => !addressesOf(known).includes(address),
        ),
      };
      const since = this.#waiting.get(uid);
      const waiting = since === undefined ? undefined : { gateway: 'machine', since };
      const told = [known.status?.gateways?.[0], known.status?.waiting];
      return JSON.stringify(told) === JSON.stringify([gateway, waiting])
        ? undefined
        : { gateways: [gateway], waiting };
    });
  }
}
