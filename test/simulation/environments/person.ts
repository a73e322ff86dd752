import {
  type Environment,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  isPlatformError,
  type KindObject,
} from '@causeway/model';
import {
  type Capabilities,
  extend,
  recreate,
  renew,
  setAsleep,
} from '../../../packages/capabilities/index.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import { Unanswered } from '../network/call.ts';
import type { FollowParts } from './follow-kind.ts';
import type { Gateway } from './gateway.ts';
import { type ServiceName, serviceNames, team } from './place.ts';
import type { Promises } from './promises.ts';
import { capabilitiesOf } from './run-platform.ts';

export interface PersonParts extends FollowParts {
  readonly name: string;
  readonly database: DatabaseServer;
  readonly gateway: Gateway;
  readonly names: readonly string[];
  readonly promises: Promises;
}

const lifetimes = ['4s', '15s', '40s', '1h', '30h', '30d'];
const extensions = ['5s', '1m', '3h', '20d'];

/** How long somebody thinks before the next request at most, milliseconds. */
const thinkMs = 600;

type Verb = 'request' | 'delete' | 'extend' | 'renew' | 'sleep' | 'wake' | 'recreate' | 'edit' | 'visit';
const verbs: readonly Verb[] = [
  ...([
    'request',
    'request',
    'request',
    'request',
    'delete',
    'delete',
    'delete',
    'extend',
    'extend',
  ] as const),
  ...(['renew', 'sleep', 'sleep', 'wake', 'recreate', 'recreate', 'edit', 'visit'] as const),
];

/** Somebody of the team, who asks for environments and does with them what people do. */
export class Person {
  readonly #parts: PersonParts;

  constructor(parts: PersonParts) {
    this.#parts = parts;
  }

  async work(requests: number): Promise<void> {
    const { random, scheduler, names } = this.#parts;
    for (let count = 0; count < requests; count++) {
      await new Promise<void>(resolve => scheduler.after(random.between(0, thinkMs), () => resolve()));
      await this.#do(count === 0 ? 'request' : random.pick(verbs), random.pick(names));
    }
  }

  #services() {
    const { random } = this.#parts;
    const some = serviceNames.filter(() => random.chance(0.6));
    const chosen: ServiceName[] = some.length > 0 ? some : [random.pick(serviceNames)];
    return chosen.map(name => ({
      name,
      ...(random.chance(0.5) ? { replicas: random.below(3) } : {}),
      ...(random.chance(0.2) ? { branch: 'feature' } : {}),
    }));
  }

  async #do(verb: Verb, name: string): Promise<void> {
    const { random, gateway, promises, name: user } = this.#parts;
    const key = { namespace: team, name };
    const actor = { user, from: 'simulation' };
    if (verb === 'visit') {
      gateway.visit(name);
      return;
    }
    if (verb === 'request') {
      const spec = { services: this.#services(), lifetime: random.pick(lifetimes) };
      const request = await this.#ask(verb, name, ({ guarded }) =>
        guarded.create(EnvironmentRequestKind, { metadata: { name, namespace: team }, spec }, actor),
      );
      if (request) promises.acknowledged(request as unknown as KindObject);
      return;
    }
    if (verb === 'edit') {
      const services = this.#services();
      await this.#ask(verb, name, ({ guarded }) =>
        guarded.mutate(
          EnvironmentRequestKind,
          key,
          one => ({ ...one, spec: { ...one.spec, services } }) as EnvironmentRequest,
          actor,
        ),
      );
      return;
    }
    if (verb === 'recreate') promises.askedAgain(name);
    const by = random.pick(extensions);
    const actions = {
      delete: ({ guarded }) => guarded.delete(EnvironmentRequestKind, key, actor),
      extend: parts => extend(parts, key, by, actor),
      renew: parts => renew(parts, key, actor),
      sleep: parts => setAsleep(parts, key, true, actor),
      wake: parts => setAsleep(parts, key, false, actor),
      recreate: parts => recreate(parts, key, actor),
    } satisfies Record<string, (parts: Capabilities) => Promise<object | undefined>>;
    const answer = await this.#ask(verb, name, actions[verb]);
    if (answer && (verb === 'extend' || verb === 'renew')) promises.lasts(answer as Environment);
  }

  async #ask(
    verb: Verb,
    name: string,
    work: (parts: Capabilities) => Promise<object | undefined>,
  ): Promise<object | undefined> {
    const { network, pickServer, scheduler, name: user } = this.#parts;
    const server = pickServer();
    scheduler.trace(() => `${user} asks ${server.name}: ${verb} ${name}`);
    try {
      const answer = await network.call(server, engine => work(capabilitiesOf(engine)));
      scheduler.trace(() => `${user}: ${verb} ${name} is done`);
      return answer;
    } catch (error) {
      if (!(error instanceof Unanswered) && !isPlatformError(error)) throw error;
      if (error instanceof Unanswered) scheduler.count('a client is not told what became of its request');
      scheduler.trace(() => `${user}: ${verb} ${name}: ${isPlatformError(error) ? error.code : 'no answer'}`);
    }
    return undefined;
  }
}
