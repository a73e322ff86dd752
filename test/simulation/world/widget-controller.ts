import { type ControllerDefinition, type Engine, ownerKeys } from '@causeway/engine';
import { apiVersionOf, isPlatformError, type KindObject, type ObjectKey } from '@causeway/model';
import { finalizer, PartKind, type Widget, WidgetKind } from './kinds.ts';

const actor = { user: 'system:widgets', from: 'controller' };

const partName = (widget: string, index: number): string => `${widget}.${index}`;

const unlessGone = (error: unknown): void => {
  if (!isPlatformError(error, 'NotFound')) throw error;
};

const createParts = async (engine: Engine, widget: Widget): Promise<void> => {
  const { name, uid } = widget.metadata;
  for (let index = 0; index < widget.spec.parts; index++) {
    const metadata = {
      name: partName(name, index),
      ownerReferences: [
        { apiVersion: apiVersionOf(WidgetKind), kind: 'Widget', name, uid, controller: true },
      ],
    };
    const there = engine.store.peek(PartKind, { namespace: '', name: metadata.name });
    if (there?.metadata.ownerReferences?.[0]?.uid === uid) continue;
    // One of a widget of the same name, which is gone, is the garbage collector’s: after it there is room.
    await engine.store.create(PartKind, { metadata, spec: { index } }, actor);
  }
};

const deleteSurplus = async (engine: Engine, widget: Widget): Promise<void> => {
  const { uid } = widget.metadata;
  const surplus = engine.store.peekAll(
    PartKind,
    undefined,
    part => part.metadata.ownerReferences?.[0]?.uid === uid && part.spec.index >= widget.spec.parts,
  );
  for (const { metadata } of surplus)
    await engine.store
      .delete(PartKind, { namespace: '', name: metadata.name }, actor, { uid: metadata.uid })
      .catch(unlessGone);
};

const finish = (engine: Engine, key: ObjectKey): Promise<unknown> =>
  engine.store
    .mutate(
      WidgetKind,
      key,
      widget => ({ ...widget, metadata: { ...widget.metadata, finalizers: [] } }),
      actor,
    )
    .catch(unlessGone);

/** Mirrors `spec.write` to the status, keeps the parts, and finishes what is being deleted. */
export const reconcileWidget = async (engine: Engine, key: ObjectKey): Promise<undefined> => {
  const widget = engine.store.peek(WidgetKind, key) as Widget | undefined;
  if (!widget) return;
  if (widget.metadata.deletionTimestamp) {
    if (widget.metadata.finalizers?.includes(finalizer)) await finish(engine, key);
    return;
  }
  await createParts(engine, widget);
  await deleteSurplus(engine, widget);
  if (widget.status?.write === widget.spec.write) return;
  await engine.store
    .mutate(
      WidgetKind,
      key,
      current => ({
        ...current,
        metadata: { ...current.metadata, resourceVersion: widget.metadata.resourceVersion },
        status: { write: widget.spec.write },
      }),
      actor,
      { subresource: 'status' },
    )
    .catch(unlessGone);
};

/** What has become true when nothing is left to do; says what has not. */
export const goalGap = (objects: readonly KindObject[]): string | undefined => {
  const widgets = objects.filter(({ kind }) => kind === 'Widget') as unknown as Widget[];
  const parts = objects.filter(({ kind }) => kind === 'Part');
  for (const { metadata, spec, status } of widgets) {
    if (metadata.deletionTimestamp) return `${metadata.name} is still being deleted`;
    if (status?.write !== spec.write) return `${metadata.name}: status ${status?.write}, spec ${spec.write}`;
    const own = parts.filter(part => part.metadata.ownerReferences?.[0]?.uid === metadata.uid);
    if (own.length !== spec.parts) return `${metadata.name} has ${own.length} of ${spec.parts} parts`;
  }
  const uids = new Set(widgets.map(({ metadata }) => metadata.uid));
  const orphan = parts.find(part => !uids.has(part.metadata.ownerReferences?.[0]?.uid ?? ''));
  return orphan && `${orphan.metadata.name} has no owner any more`;
};

export const widgetController = (
  reconcile: (key: ObjectKey, signal: AbortSignal) => Promise<undefined>,
): ControllerDefinition => ({
  name: 'widget',
  kind: WidgetKind,
  concurrency: 2,
  watches: [{ kind: PartKind, keys: ownerKeys(WidgetKind) }],
  reconcile,
});
