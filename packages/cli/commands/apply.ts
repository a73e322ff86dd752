import type { Client } from '@causeway/client';
import {
  EnvironmentRequestKind,
  isDnsLabel,
  isPlatformError,
  type KindObject,
  type NewObject,
  PlatformError,
} from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { applyPatch, lastAppliedAnnotation } from '../resources/apply-patch.ts';
import { namespaceFor } from '../resources/find-kind.ts';
import { type Manifest, readManifests } from '../resources/read-manifests.ts';
import { refuseOtherGroups } from '../resources/served-groups.ts';

interface Options {
  readonly file: readonly string[];
  readonly dryRun?: boolean;
}

type Change = 'created' | 'configured' | 'unchanged';

const parseLast = (text: string | undefined): Record<string, unknown> => {
  try {
    return { ...JSON.parse(text ?? '{}') };
  } catch {
    // Not ours to judge: without it nothing is removed.
    return {};
  }
};

/** The object as it is kept and compared: people do not apply a status. */
const wantedOf = (
  { object }: Manifest,
  namespace: string,
): Record<string, unknown> & { metadata: Record<string, unknown> } => {
  const { status: _status, ...rest } = object;
  return { ...rest, metadata: { ...object.metadata, ...(namespace === '' ? {} : { namespace }) } };
};

/** The team that a request for an environment names as its owner, where nothing else says whose an object is. */
const ownerOf = ({ kind, object: { spec } }: Manifest): string | undefined => {
  if (kind.kind !== EnvironmentRequestKind.kind) return undefined;
  const { owner } = { ...(spec as { owner?: unknown } | null | undefined) };
  return typeof owner === 'string' && isDnsLabel(owner) ? owner : undefined;
};

const applyOne = async (
  client: Client,
  manifest: Manifest,
  namespace: string,
  query: { dryRun: boolean; strict: boolean; signal: AbortSignal },
): Promise<{ change: Change; object: KindObject }> => {
  const resource = client.resource(manifest.kind);
  const { name } = manifest.object.metadata;
  const wanted = wantedOf(manifest, namespace);
  const annotations = {
    ...(wanted.metadata.annotations as object | undefined),
    [lastAppliedAnnotation]: JSON.stringify(wanted),
  };
  const complete = { ...wanted, metadata: { ...wanted.metadata, annotations } };
  const live = await resource.get(namespace, name, query.signal).catch(error => {
    if (!isPlatformError(error, 'NotFound')) throw error;
  });
  if (!live) {
    const object = (await resource.create(
      namespace,
      complete as unknown as NewObject<never, never>,
      query,
    )) as KindObject;
    return { change: 'created', object };
  }
  const last = parseLast(live.metadata.annotations?.[lastAppliedAnnotation]);
  const patch = applyPatch({ ...live }, wanted, last);
  if (!patch) return { change: 'unchanged', object: live as KindObject };
  const lastAnnotations = { ...(last.metadata as { annotations?: object } | undefined)?.annotations };
  const metadata = {
    ...(patch.metadata as object | undefined),
    annotations: applyPatch({ ...live.metadata.annotations }, annotations, lastAnnotations) ?? {},
  };
  const object = (await resource.patch(namespace, name, { ...patch, metadata }, query)) as KindObject;
  // The server may find that what differs is only how it was written.
  const same = object.metadata.resourceVersion === live.metadata.resourceVersion;
  return { change: same ? 'unchanged' : 'configured', object };
};

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, stdin, signal } = invocation;
  const { dryRun = false } = options;
  const manifests = await readManifests(options.file, stdin);
  const client = await invocation.client();
  await refuseOtherGroups(client, manifests, signal);
  const team = await invocation.team();
  const applied: KindObject[] = [];
  for (const manifest of manifests) {
    const { kind, object, from } = manifest;
    const namespace = namespaceFor(
      kind,
      object.metadata.namespace ?? options.team ?? ownerOf(manifest) ?? team,
    );
    try {
      const { change, object: result } = await applyOne(client, manifest, namespace, {
        dryRun,
        strict: true,
        signal,
      });
      applied.push(result);
      output.line(`${kind.singular}/${object.metadata.name} ${change}${dryRun ? ' (dry run)' : ''}`);
    } catch (error) {
      if (!isPlatformError(error)) throw error;
      const { code, message, evidence, next, causes } = error;
      throw new PlatformError(code, `${from}: ${message}`, { evidence, next, causes });
    }
  }
  if (output.machine)
    await output.document(
      applied.length === 1 ? applied[0] : { apiVersion: 'v1', kind: 'List', items: applied },
    );
};
