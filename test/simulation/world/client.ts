import type { Engine, ListOptions } from '@causeway/engine';
import { isPlatformError, type KindObject, kindId } from '@causeway/model';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import type { Operation, Verb, WorldRecord } from '../judge/record.ts';
import type { JudgedObject, Selects } from '../judge/truth-log.ts';
import { type Network, Unanswered } from '../network/call.ts';
import { finalizer, type Widget, WidgetKind } from './kinds.ts';
import type { Server } from './server.ts';

export interface ClientParts {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly database: DatabaseServer;
  readonly record: WorldRecord;
  readonly pickServer: () => Server;
  readonly names: readonly string[];
}

const widgets = kindId(WidgetKind);
const at = (name: string) => ({ namespace: '', name });
const versionOf = (object: { metadata: { resourceVersion: string } }) =>
  Number(object.metadata.resourceVersion);

export const tiers = ['gold', 'tin'] as const;
export const ofTier =
  (tier: string): Selects =>
  (object: JudgedObject) =>
    object.metadata.labels?.tier === tier;

/** Somebody who creates, changes, reads and deletes the same few widgets as everybody else, one request after the other. */
export class Client {
  readonly #parts: ClientParts;
  #asked = 0;
  /** The revision of the newest list it has seen. */
  #seen: number | undefined;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  async work(requests: number): Promise<void> {
    const { random, scheduler } = this.#parts;
    for (let count = 0; count < requests; count++) {
      await new Promise<void>(resolve => scheduler.after(random.between(0, 160), () => resolve()));
      await this.#one();
    }
  }

  async #one(): Promise<void> {
    const { random, names } = this.#parts;
    const name = random.pick(names);
    const dice = random.fraction();
    if (dice < 0.25) await this.#create(name);
    else if (dice < 0.5) await this.#patch(name);
    else if (dice < 0.65) await this.#update(name);
    else if (dice < 0.77) await this.#delete(name);
    else if (dice < 0.87) await this.#get(name);
    else if (dice < 0.95) await this.#list();
    else await this.#ledger();
  }

  #begin(verb: Verb, name: string, more: Partial<Operation> = {}): Operation {
    const { record, database } = this.#parts;
    this.#asked += 1;
    const operation: Operation = {
      id: `${this.#parts.name}-${this.#asked}`,
      verb,
      kind: widgets,
      name,
      since: database.truth.head.revision,
      ...more,
    };
    record.operations.push(operation);
    return operation;
  }

  async #ask<T>(operation: Operation, work: (engine: Engine) => Promise<T>): Promise<T | undefined> {
    const { network, database, scheduler, pickServer } = this.#parts;
    const server = pickServer();
    const { id, verb, name } = operation;
    scheduler.trace(() => `${id} asks ${server.name}: ${verb} ${name}`);
    try {
      const answer = await network.call(server, work);
      operation.outcome = 'ok';
      return answer;
    } catch (error) {
      operation.outcome = 'refused';
      if (error instanceof Unanswered) operation.outcome = 'unknown';
      else if (!isPlatformError(error)) throw error;
      else {
        operation.code = error.code;
        if (error.code === 'Unavailable' && !error.evidence.includes('refused'))
          operation.outcome = 'unknown';
      }
    } finally {
      operation.until = database.truth.head.revision;
      if (operation.outcome === 'unknown') scheduler.count('a client is not told what became of its request');
      scheduler.trace(() => `${id}: ${operation.outcome} ${operation.code ?? ''}`);
    }
    return undefined;
  }

  /** A write or get of one object, whose version is noted. */
  async #askObject(
    operation: Operation,
    work: (engine: Engine) => Promise<KindObject>,
  ): Promise<KindObject | undefined> {
    const object = await this.#ask(operation, work);
    if (object && !operation.dryRun) operation.revision = versionOf(object);
    return object;
  }

  #actor({ id }: Operation) {
    return { user: this.#parts.name, from: id };
  }

  async #create(name: string): Promise<void> {
    const { random } = this.#parts;
    const operation = this.#begin('create', name);
    const { id } = operation;
    const object = {
      metadata: {
        name,
        labels: { tier: random.pick(tiers) },
        ...(random.chance(0.3) ? { finalizers: [finalizer] } : {}),
      },
      spec: { write: id, count: 0, parts: random.below(3) },
    };
    await this.#askObject(
      operation,
      engine => engine.store.create(WidgetKind, object, this.#actor(operation)) as Promise<KindObject>,
    );
  }

  /** Like a merge patch: computed from the newest, whatever it is. */
  async #patch(name: string): Promise<void> {
    const { random } = this.#parts;
    const operation = this.#begin('patch', name, random.chance(0.05) ? { dryRun: true } : {});
    const next = this.#change(operation.id);
    await this.#askObject(
      operation,
      engine =>
        engine.store.mutate(
          WidgetKind,
          at(name),
          current => next(current as unknown as Widget),
          this.#actor(operation),
          {
            ...(operation.dryRun ? { dryRun: true } : {}),
          },
        ) as Promise<KindObject>,
    );
  }

  /** Like a PUT: computed from what was read, and refused if that is no longer the newest. */
  async #update(name: string): Promise<void> {
    const read = (await this.#get(name)) as Widget | undefined;
    if (!read) return;
    const operation = this.#begin('update', name, { expected: versionOf(read) });
    const wanted = this.#change(operation.id)(structuredClone(read));
    await this.#askObject(
      operation,
      engine =>
        engine.store.mutate(
          WidgetKind,
          at(name),
          () => structuredClone(wanted),
          this.#actor(operation),
        ) as Promise<KindObject>,
    );
  }

  #change(id: string): (widget: Widget) => Widget {
    const { random } = this.#parts;
    const tier = random.pick(tiers);
    const parts = random.below(3);
    return widget => ({
      ...widget,
      metadata: { ...widget.metadata, labels: { tier } },
      spec: { write: id, count: widget.spec.count + 1, parts },
    });
  }

  async #delete(name: string): Promise<void> {
    const operation = this.#begin('delete', name);
    await this.#askObject(
      operation,
      engine => engine.store.delete(WidgetKind, at(name), this.#actor(operation)) as Promise<KindObject>,
    );
  }

  #get(name: string): Promise<KindObject | undefined> {
    return this.#askObject(
      this.#begin('get', name),
      engine => engine.store.get(WidgetKind, at(name)) as Promise<KindObject>,
    );
  }

  /** All pages of a list, as it is or as it was when this client last looked. */
  async #list(): Promise<void> {
    const { random } = this.#parts;
    const tier = random.chance(0.5) ? random.pick(tiers) : undefined;
    const selector = tier ? { labelSelector: `tier=${tier}` } : {};
    const limit = random.chance(0.4) ? { limit: 1 + random.below(2) } : {};
    const past = random.chance(0.2) ? this.#seen : undefined;
    const version = past ? { resourceVersion: String(past), resourceVersionMatch: 'Exact' as const } : {};
    const operation = this.#begin('list', '', {
      ...(tier ? { selects: ofTier(tier) } : {}),
      ...(past ? { exact: true, expected: past } : {}),
    });
    const items: string[] = [];
    let next: ListOptions = version;
    // All pages are of the moment of the first.
    let until: number | undefined;
    for (;;) {
      const asked = next;
      const page = await this.#ask(operation, engine =>
        engine.store.list(WidgetKind, { ...selector, ...limit, ...asked }),
      );
      if (!page) return;
      until ??= operation.until;
      const revision = Number(page.resourceVersion);
      if (operation.revision !== undefined && operation.revision !== revision)
        this.#parts.record.problems.push(
          `${operation.id}: pages of revisions ${operation.revision} and ${revision}`,
        );
      operation.revision = revision;
      items.push(...page.items.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`));
      if (!page.continue) break;
      next = { continue: page.continue };
    }
    this.#seen = operation.revision;
    operation.items = items;
    if (until !== undefined) operation.until = until;
  }

  /** Records a step; steps of several clients have the same ids. */
  async #ledger(): Promise<void> {
    const { random } = this.#parts;
    const ids = [`step-${random.below(6)}`, `step-${random.below(6)}`];
    const operation = this.#begin('ledger', '', { ledgerIds: ids });
    const entry = { at: '2026-01-01T00:00:00Z', type: 'step.taken', team: 't', service: 's', actor: 'a' };
    await this.#ask(operation, engine => engine.ledger.append(...ids.map(id => ({ ...entry, id }))));
  }
}
