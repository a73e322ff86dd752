import { isDeepStrictEqual } from 'node:util';
import { type Controller, type ControllerDefinition, defineController } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  EnvironmentKind,
  EnvironmentRequestKind,
  isPlatformError,
  type KindObject,
  keyOf,
  type ObjectKey,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { changeRequestAnnotation } from '../source/annotations.ts';
import { rememberingFacts } from './branch-facts.ts';
import { createChangeChecks } from './change-checks.ts';
import { type Observer, observeChange } from './observe-change.ts';

const actor = controllerActor('change-request');
/** Whoever pushes tells at once; this is for what was not told. */
const lookAgainMs = 60_000;
/** An environment that starts takes many steps in a row; a change shows where they have led to. */
const showEnvironmentsMs = 200;

const cameFrom = ({ metadata: { annotations, namespace = '' } }: KindObject): ObjectKey[] => {
  const name = annotations?.[changeRequestAnnotation];
  return name === undefined ? [] : [{ namespace, name }];
};

const isOpen = ({ status }: ChangeRequest): boolean => (status?.phase ?? 'Open') === 'Open';

/** The changes of a service, or of all of a team, that are open. */
export const openChanges = (
  { engine }: Pick<Capabilities, 'engine'>,
  namespace: string | undefined,
  service?: string,
): ObjectKey[] =>
  engine.store
    .peekAll(
      ChangeRequestKind,
      namespace,
      one =>
        (service === undefined || one.spec.service === service) &&
        one.spec.forge === undefined &&
        isOpen(one),
    )
    .map(keyOf);

/** A change request of our own forge tells how its branches stand, what is in the way of a merge, and what became of it. */
const changeController = (observer: Observer): ControllerDefinition => {
  const { capabilities, facts, checks } = observer;
  const { store } = capabilities.engine;
  return defineController({
    name: 'change-request',
    kind: ChangeRequestKind,
    watches: [
      { kind: EnvironmentKind, keys: cameFrom, laterMs: showEnvironmentsMs },
      { kind: EnvironmentRequestKind, keys: cameFrom, laterMs: showEnvironmentsMs },
      {
        kind: ServiceKind,
        keys: ({ metadata }) => openChanges(capabilities, metadata.namespace, metadata.name),
      },
      { kind: TeamKind, keys: ({ metadata }) => openChanges(capabilities, metadata.name) },
    ],
    async reconcile(key) {
      const change = store.peek(ChangeRequestKind, key);
      if (!change || change.metadata.deletionTimestamp || change.spec.forge) return undefined;
      const { status, twinOf } = await observeChange(observer, change);
      if (twinOf !== undefined) await close(capabilities, key);
      await report(capabilities, change, status);
      if (status.phase === 'Open') return { after: lookAgainMs };
      facts.forget(change.metadata.uid);
      checks.forget(change.metadata.uid);
      return status.phase === 'Closed' && status.merging ? { after: lookAgainMs } : undefined;
    },
  });
};

/** Two that were opened at once for the same branches: the later one is given up for good. */
const close = ({ engine }: Capabilities, key: ObjectKey): Promise<unknown> =>
  engine.store.mutate(
    ChangeRequestKind,
    key,
    one => ({ ...one, spec: { ...one.spec, closed: true } }),
    actor,
  );

/** One write, and none when nothing is other. Whoever acted meanwhile is not undone: their change has us look again. */
const report = async (
  { engine }: Capabilities,
  { metadata, status: before, ...rest }: ChangeRequest,
  status: NonNullable<ChangeRequest['status']>,
): Promise<void> => {
  if (isDeepStrictEqual(status, before)) return;
  try {
    await engine.store.mutate(
      ChangeRequestKind,
      keyOf({ ...rest, metadata }),
      current => ({
        ...current,
        metadata: { ...current.metadata, resourceVersion: metadata.resourceVersion },
        status,
      }),
      actor,
      { subresource: 'status' },
    );
  } catch (error) {
    if (!isPlatformError(error, 'Conflict') && !isPlatformError(error, 'NotFound')) throw error;
  }
};

/** What acts on change requests, and is told of what happens to branches. */
export interface Changes extends Observer {
  readonly nudge: Controller['nudge'];
}

/** Runs the controller; when policies may judge otherwise, every open change is looked at again. */
export const runChanges = (capabilities: Capabilities): Changes => {
  const observer: Observer = {
    capabilities,
    facts: rememberingFacts(capabilities),
    checks: createChangeChecks(capabilities),
  };
  const controller = capabilities.engine.run(changeController(observer));
  capabilities.policies.onChange(() => {
    for (const key of openChanges(capabilities, undefined)) controller.nudge(key);
  });
  return { ...observer, nudge: key => controller.nudge(key) };
};
