import type { PolicySubject } from '@causeway/contracts';
import type { Actor } from '@causeway/engine';
import { EnvironmentKind, type KindDefinition, kindId, TeamKind } from '@causeway/model';

type Request = PolicySubject['request'];

/** Programs that act for people, and programs that nobody stands behind, say so in the beginning of their names. */
export const actorOf = ({ user, onBehalfOf }: Pick<Actor, 'user' | 'onBehalfOf'>): Request['actor'] =>
  user.startsWith('agent:') || onBehalfOf?.startsWith('agent:')
    ? 'agent'
    : user.startsWith('automation:') || user.startsWith('system:')
      ? 'automation'
      : 'person';

const teamKind = kindId(TeamKind);
const environmentKind = kindId(EnvironmentKind);

/** Which team an object belongs to: of its namespace, or the team that it is. */
const teamOf = (kind: KindDefinition, namespace: string, name: string): string =>
  kindId(kind) === teamKind ? name : namespace;

/** What it is meant for, if its kind says that. */
const environmentOf = (kind: KindDefinition, name: string, document: object): string | undefined => {
  if (kindId(kind) === environmentKind) return name;
  const { environment } = ((document as { spec?: unknown }).spec ?? {}) as { environment?: unknown };
  return typeof environment === 'string' ? environment : undefined;
};

export interface AdmissionRequest {
  readonly kind: KindDefinition;
  readonly operation: Request['operation'];
  readonly namespace: string;
  readonly name: string;
  readonly actor: Actor;
  readonly document: Record<string, unknown>;
  readonly old?: Record<string, unknown>;
  /** RFC 3339. */
  readonly time: string;
  readonly context?: Request['context'];
}

/** A wish for an object as policies are asked about it. */
export const admissionSubject = ({
  kind,
  operation,
  namespace,
  name,
  actor,
  document,
  old,
  time,
  context,
}: AdmissionRequest): PolicySubject => {
  const environment = environmentOf(kind, name, document);
  return {
    object: document,
    ...(old ? { old } : {}),
    request: {
      operation,
      place: 'admission',
      user: actor.onBehalfOf ?? actor.user,
      actor: actorOf(actor),
      team: teamOf(kind, namespace, name),
      ...(environment === undefined ? {} : { environment }),
      time,
      ...(context ? { context } : {}),
    },
  };
};
