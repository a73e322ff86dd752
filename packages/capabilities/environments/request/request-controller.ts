import { type ControllerDefinition, defineController } from '@causeway/engine';
import {
  type Environment,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  isPlatformError,
  keyOf,
  type ObjectKey,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { ownedBy } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { environmentFor, wantedSpec } from './environment-for.ts';
import { type RequestProblem, requestProblems } from './request-problems.ts';
import {
  reportDeleting,
  reportGone,
  reportRefused,
  reportWaiting,
  showEnvironment,
} from './request-status.ts';
import { isOver, surroundingsOf } from './surroundings.ts';

const finalizer = 'causeway.dev/environment';
const actor = controllerActor('environment-request');

/** A request has the environment of its name until its time is over or it goes itself; it shows what that tells. */
export const requestController = (capabilities: Capabilities): ControllerDefinition => {
  const { store } = capabilities.engine;
  /** Those that have no environment, though they ask for one. */
  const without = (namespace: string): ObjectKey[] =>
    store
      .peekAll(
        EnvironmentRequestKind,
        namespace,
        ({ status }) =>
          status?.phase === 'Refused' || (status?.phase === 'Provisioning' && !status.environment),
      )
      .map(keyOf);
  return defineController({
    name: 'environment-request',
    kind: EnvironmentRequestKind,
    watches: [
      {
        kind: EnvironmentKind,
        keys: ({ metadata: { namespace = '', name } }) => [{ namespace, name }, ...without(namespace)],
      },
      // What stood in a request’s way may be gone.
      { kind: ServiceKind, keys: ({ metadata }) => without(metadata.namespace ?? '') },
      { kind: TeamKind, keys: ({ metadata }) => without(metadata.name) },
    ],
    async reconcile(key) {
      const request = store.peek(EnvironmentRequestKind, key);
      if (!request) return undefined;
      const environment = environmentOf(capabilities, request);
      if (request.metadata.deletionTimestamp) return letGo(capabilities, request, environment);
      if (environment) {
        if (!environment.metadata.deletionTimestamp) await bringUpToDate(capabilities, request, environment);
        return showEnvironment(capabilities.engine, request, environment);
      }
      if (isOver(request)) return undefined;
      if (request.status?.environment !== undefined && request.status.gone === undefined)
        return reportGone(capabilities.engine, request);
      return begin(capabilities, request);
    },
  });
};

/** The environment that was made from this very request. */
const environmentOf = (
  { engine: { store } }: Capabilities,
  request: EnvironmentRequest,
): Environment | undefined => {
  const found = store.peek(EnvironmentKind, keyOf(request));
  return found?.metadata.ownerReferences?.some(({ uid }) => uid === request.metadata.uid) ? found : undefined;
};

const problemsOf = (
  { engine, offer }: Capabilities,
  request: EnvironmentRequest,
): readonly RequestProblem[] =>
  requestProblems(request, surroundingsOf(engine.store, request.metadata.namespace ?? '', offer));

const begin = async (capabilities: Capabilities, request: EnvironmentRequest): Promise<undefined> => {
  const { engine } = capabilities;
  const key = keyOf(request);
  const before = engine.store.peek(EnvironmentKind, key);
  if (before?.spec.type === 'requested')
    return reportWaiting(engine, request, `Waits for the environment '${key.name}' of before to go.`);
  const problems = problemsOf(capabilities, request);
  if (problems.length > 0) return reportRefused(engine, request, problems);
  try {
    // At once, so that they share a commit; the request is held before its environment is there.
    await Promise.all([
      hold(capabilities, request),
      createOnce(
        engine.store,
        EnvironmentKind,
        environmentFor(request, capabilities.offer, () => engine.clock.now(), ownedBy(request)),
        actor,
        { partOf: [EnvironmentRequestKind, request] },
      ),
    ]);
  } catch (error) {
    if (!isPlatformError(error, 'QuotaExceeded')) throw error;
    const { going } = surroundingsOf(engine.store, key.namespace, capabilities.offer);
    if (going.length > 0) return reportWaiting(engine, request, waitsForRoom(going));
    return reportRefused(engine, request, [
      { field: 'metadata.name', reason: 'FieldValueInvalid', message: `${error.message}.`, next: error.next },
    ]);
  }
  return undefined;
};

const waitsForRoom = (going: readonly string[]): string =>
  `Waits for ${going.map(name => `'${name}'`).join(', ')} to be gone: the team has as many environments as it may.`;

/** It does not go before its environment has. */
const hold = async ({ engine: { store } }: Capabilities, request: EnvironmentRequest): Promise<void> => {
  if (request.metadata.finalizers?.includes(finalizer)) return;
  await store.mutate(
    EnvironmentRequestKind,
    keyOf(request),
    one => ({
      ...one,
      metadata: { ...one.metadata, finalizers: [...(one.metadata.finalizers ?? []), finalizer] },
    }),
    actor,
  );
};

/** What is asked for now is what there is; a wish that cannot be met changes nothing, and is told. */
const bringUpToDate = async (
  capabilities: Capabilities,
  request: EnvironmentRequest,
  environment: Environment,
): Promise<void> => {
  const { engine, offer } = capabilities;
  const wanted = JSON.stringify(wantedSpec(request, offer, environment.spec));
  if (wanted === JSON.stringify(environment.spec) || problemsOf(capabilities, request).length > 0) return;
  await engine.store.mutate(
    EnvironmentKind,
    keyOf(environment),
    one => ({ ...one, spec: wantedSpec(request, offer, one.spec) }),
    actor,
  );
};

const letGo = async (
  { engine }: Capabilities,
  request: EnvironmentRequest,
  environment: Environment | undefined,
): Promise<undefined> => {
  const { store } = engine;
  if (environment) {
    if (!environment.metadata.deletionTimestamp)
      await store.delete(EnvironmentKind, keyOf(environment), actor).catch(error => {
        if (!isPlatformError(error, 'NotFound')) throw error;
      });
    return reportDeleting(engine, request, environment);
  }
  if (!request.metadata.finalizers?.includes(finalizer)) return undefined;
  await store.mutate(
    EnvironmentRequestKind,
    keyOf(request),
    one => ({
      ...one,
      metadata: {
        ...one.metadata,
        finalizers: (one.metadata.finalizers ?? []).filter(other => other !== finalizer),
      },
    }),
    actor,
  );
  return undefined;
};
