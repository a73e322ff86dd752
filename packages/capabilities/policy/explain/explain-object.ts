import type { Actor, Engine } from '@causeway/engine';
import type { Fields, KindDefinition, KindObject, ObjectKey } from '@causeway/model';
import { type Explanation, offlineSubject } from '@causeway/policy';
import { admissionSubject } from '../admission/admission-subject.ts';
import { judgedDocument } from '../admission/judged-document.ts';
import type { PolicyRegistry } from '../registry/policy-registry.ts';

/** How policies see an object as it is: as if somebody wrote it again. */
export const explainObject = async (
  { engine, registry }: { readonly engine: Engine; readonly registry: PolicyRegistry },
  kind: KindDefinition,
  key: ObjectKey,
  actor: Actor,
): Promise<Explanation> => {
  const object = (await engine.store.get(kind, key)) as unknown as KindObject;
  const document = judgedDocument(object);
  return registry.explainNow(
    admissionSubject({
      kind,
      operation: 'UPDATE',
      ...key,
      actor,
      document,
      old: document,
      time: new Date(engine.clock.now()).toISOString(),
      context: registry.context(key.namespace),
    }),
  );
};

export interface DocumentRequest {
  readonly user: string;
  /** Of a document that names no namespace. */
  readonly team?: string;
  readonly environment?: string;
  /** RFC 3339. */
  readonly time: string;
}

/** How policies see a document that is nowhere yet. */
export const explainDocument = (
  registry: PolicyRegistry,
  document: Fields,
  { user, ...request }: DocumentRequest,
): Promise<Explanation> => {
  const subject = offlineSubject(document, request);
  const context = registry.context(request.team ?? '');
  return registry.explainNow({ ...subject, request: { ...subject.request, user, context } });
};
