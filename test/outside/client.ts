import { Agent } from 'node:http';
import { type Answer, ask } from './ask.ts';
import {
  type Content,
  type History,
  keyOfSeen,
  type Operation,
  type Seen,
  type WatchedKind,
} from './history.ts';
import type { Random } from './random.ts';
import { annotationPrefix, type RawObject, seenObject } from './seen-object.ts';

/** Where clients meet: a handful of objects, replaced by others now and then. */
export interface Stage {
  namespace: string;
  readonly names: readonly { readonly kind: WatchedKind; readonly name: string }[];
}

export interface ClientOptions {
  readonly id: number;
  readonly token: string;
  readonly ports: readonly number[];
  readonly random: Random;
  readonly history: History;
  readonly stage: Stage;
  /** The longest pause between two requests, milliseconds. */
  readonly thinkMs: number;
  readonly onAcknowledged: () => void;
  readonly signal: AbortSignal;
}

const parities = ['even', 'odd'] as const;

/** Longer than the servers are patient, mostly; sometimes not, so that a client gives up on what then happens. */
const timeouts = [300, 3000, 8000] as const;

export const address = (kind: WatchedKind, namespace: string, name?: string): string =>
  `/apis/causeway.dev/v1/${namespace ? `namespaces/${namespace}/` : ''}${kind}${name ? `/${name}` : ''}`;

const kindNames = { services: 'Service', environments: 'Environment' } as const;

const bodyOf = (kind: WatchedKind, namespace: string, name: string, given: Content, version?: number) => ({
  apiVersion: 'causeway.dev/v1',
  kind: kindNames[kind],
  metadata: {
    name,
    namespace,
    annotations: given.annotations,
    labels: given.labels,
    ...(version === undefined ? {} : { resourceVersion: String(version) }),
  },
  spec: { description: given.description },
});

interface ListBody {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly RawObject[];
}

const nothing: Content = { description: '', annotations: {}, labels: {} };

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

type Planned = Pick<Operation, 'op' | 'dryRun' | 'given' | 'expectVersion' | 'expectUid'> & {
  readonly request: Request;
};

const reasonOf = (body: unknown): string => String((body as { reason?: string } | null)?.reason);

/** One client: asks a random server, one request at a time, and records each with its outcome. */
export const runClient = async (options: ClientOptions): Promise<void> => {
  const { id, token, ports, random, history, stage, signal } = options;
  const agent = new Agent({ keepAlive: true });
  /** What this client last saw of each object; often old by the time it is used. */
  const remembered = new Map<string, Seen>();
  let serial = 0;

  const send = (request: Request): Promise<Answer> =>
    ask({ ...request, port: random.pick(ports), token, agent, timeoutMs: random.pick(timeouts) });

  const newContent = (): Content => {
    serial += 1;
    const mark = `c${id}-${serial}`;
    return {
      description: mark,
      annotations: { [`${annotationPrefix}c${id}`]: mark },
      labels: { parity: random.pick(parities) },
    };
  };

  /** From what was seen, whole, with its version: compare and set. */
  const update = (
    kind: WatchedKind,
    namespace: string,
    name: string,
    seen: Seen,
    dryRun: boolean,
  ): Planned => {
    const own = newContent();
    const given = { ...own, annotations: { ...seen.annotations, ...own.annotations } };
    const body = bodyOf(kind, namespace, name, given, seen.version);
    const path = address(kind, namespace, name) + (dryRun ? '?dryRun=All' : '');
    return {
      op: 'update',
      dryRun,
      given,
      expectVersion: seen.version,
      request: { method: 'PUT', path, body },
    };
  };

  const plan = (kind: WatchedKind, namespace: string, name: string, known: Seen | undefined): Planned => {
    const path = address(kind, namespace, name);
    const dryRun = random.chance(0.1);
    const query = dryRun ? '?dryRun=All' : '';
    const choice = random.next();
    if (choice < 0.25) return { op: 'get', dryRun: false, given: nothing, request: { method: 'GET', path } };
    if (choice < 0.45 && known) return update(kind, namespace, name, known, dryRun);
    if (choice < 0.72) {
      const given = newContent();
      const { description, annotations, labels } = given;
      const request = {
        method: 'PATCH',
        path: path + query,
        contentType: 'application/merge-patch+json',
        body: { metadata: { annotations, labels }, spec: { description } },
      };
      return { op: 'patch', dryRun, given, request };
    }
    if (choice < 0.82 && known) {
      // Always with a precondition: then it can be told whose request deleted which object.
      const byVersion = random.chance(0.3);
      const preconditions = byVersion ? { resourceVersion: String(known.version) } : { uid: known.uid };
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions };
      const request = { method: 'DELETE', path: path + query, body };
      const expected = byVersion ? { expectVersion: known.version } : { expectUid: known.uid };
      return { op: 'delete', dryRun, given: nothing, ...expected, request };
    }
    const given = newContent();
    const request = {
      method: 'POST',
      path: address(kind, namespace) + query,
      body: bodyOf(kind, namespace, name, given),
    };
    return { op: 'create', dryRun, given, request };
  };

  const surprise = (what: string, answer: Answer & { type: 'answer' }): void => {
    history.surprises.push(
      `client ${id}: ${what} was answered with ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`,
    );
  };

  /** What the answer means; `undefined`: nothing happened, and nothing was told. */
  const outcomeOf = (
    planned: Planned,
    kind: WatchedKind,
    answer: Answer,
  ): Pick<Operation, 'result' | 'object' | 'deletedUid'> | undefined => {
    const reads = planned.op === 'get' || planned.dryRun;
    if (answer.type === 'refused') return undefined;
    if (answer.type === 'lost') return reads ? undefined : { result: 'unknown' };
    const { status, body } = answer;
    if (status === 200 || status === 201) {
      if (planned.op !== 'delete') return { result: 'ok', object: seenObject(kind, body as RawObject) };
      return { result: 'ok', deletedUid: (body as { details: { uid: string } }).details.uid };
    }
    if (status === 404 && reasonOf(body) === 'NotFound') return { result: 'notFound' };
    if (status === 409 && reasonOf(body) === 'AlreadyExists') return { result: 'exists' };
    if (status === 409 && reasonOf(body) === 'Conflict') return { result: 'conflict' };
    if (status === 429) return undefined;
    if (status !== 503 && status !== 504)
      surprise(`${planned.request.method} ${planned.request.path}`, answer);
    return reads ? undefined : { result: 'unknown' };
  };

  const operate = async (): Promise<void> => {
    const { namespace } = stage;
    const { kind, name } = random.pick(stage.names);
    const key = keyOfSeen({ kind, namespace, name });
    const operation = await perform(key, kind, plan(kind, namespace, name, remembered.get(key)));
    // Of what is written from memory most comes too late; what is written from a fresh read is contended, and often wins.
    if (operation?.op === 'get' && operation.object && random.chance(0.6))
      await perform(key, kind, update(kind, namespace, name, operation.object, false));
  };

  const perform = async (
    key: string,
    kind: WatchedKind,
    { request, ...planned }: Planned,
  ): Promise<Operation | undefined> => {
    const call = performance.now();
    const answer = await send(request);
    const end = performance.now();
    const outcome = outcomeOf({ request, ...planned }, kind, answer);
    if (outcome === undefined) return undefined;
    const answered = outcome.result === 'unknown' ? {} : { return: end };
    const operation: Operation = { client: id, key, ...planned, call, ...answered, ...outcome };
    history.operations.push(operation);
    if (planned.dryRun) return operation;
    if (outcome.result === 'ok' && planned.op !== 'get') options.onAcknowledged();
    if (outcome.object) remembered.set(key, outcome.object);
    // A known object that has gone is sometimes remembered: conflicts with its successor are worth seeing.
    else if (outcome.result === 'notFound' && random.chance(0.7)) remembered.delete(key);
    return operation;
  };

  /** A list, now and then in pages from different servers; all of them must be of one version. */
  const list = async (): Promise<void> => {
    const { kind } = random.pick(stage.names);
    const namespace = random.chance(0.8) ? stage.namespace : undefined;
    const parity = random.chance(0.3) ? random.pick(parities) : undefined;
    const limit = random.chance(0.3) ? '2' : undefined;
    const call = performance.now();
    const found: Seen[] = [];
    let version: number | undefined;
    let next: string | undefined;
    do {
      const query = new URLSearchParams({
        ...(parity ? { labelSelector: `parity=${parity}` } : {}),
        ...(limit ? { limit } : {}),
        ...(next ? { continue: next } : {}),
      });
      const path = `${address(kind, namespace ?? '')}?${query}`;
      const answer = await send({ method: 'GET', path });
      // A later page may be of a version that is not kept any more.
      if (answer.type !== 'answer' || [429, 503, 504, ...(next ? [410] : [])].includes(answer.status)) return;
      if (answer.status !== 200) return surprise(`GET ${path}`, answer);
      const { metadata, items } = answer.body as ListBody;
      if (version !== undefined && version !== Number(metadata.resourceVersion))
        return surprise(`a later page of revision ${version}, GET ${path}`, answer);
      version = Number(metadata.resourceVersion);
      next = metadata.continue;
      found.push(...items.map(item => seenObject(kind, item)));
    } while (next);
    history.listings.push({
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      ...(parity === undefined ? {} : { parity }),
      call,
      return: performance.now(),
      version,
      items: found,
    });
  };

  while (!signal.aborted) {
    await (random.chance(0.08) ? list() : operate());
    await new Promise(resolve => setTimeout(resolve, random.between(0, options.thinkMs)));
  }
  agent.destroy();
};
