import type { ActionDefinition, StreamDefinition } from '@causeway/api';
import {
  approveChange,
  type Capabilities,
  changeDiff,
  closeChange,
  commentOnChange,
  mergeChange,
  openChange,
  type RunningCapabilities,
  reopenChange,
} from '@causeway/capabilities';
import type { Actor } from '@causeway/engine';
import {
  ApproveChange,
  ChangeRequestKind,
  CommentOnChange,
  MergeChange,
  NoWords,
  type ObjectKey,
  OpenChange,
  PlatformError,
  ServiceKind,
} from '@causeway/model';
import type { z } from 'zod';

/** A body by its schema. Throws `Invalid`, naming each field. */
const bodyOf = <S extends z.ZodType>(schema: S, body: unknown): z.infer<S> => {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const causes = parsed.error.issues.map(({ path, message }) => ({
    reason: 'FieldValueInvalid',
    field: path.length > 0 ? path.join('.') : 'body',
    message,
  }));
  const said = causes.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new PlatformError('Invalid', said.slice(0, 1000), { causes });
};

type Act<S extends z.ZodType> = (key: ObjectKey, body: z.infer<S>, actor: Actor) => Promise<object>;

/** What people do to change requests, and how they open one. */
export const changeActions = (
  capabilities: Capabilities,
  { changes, services }: RunningCapabilities,
): ActionDefinition[] => {
  const action = <S extends z.ZodType>(name: string, description: string, schema: S, act: Act<S>) => ({
    kind: ChangeRequestKind,
    name,
    role: 'developer' as const,
    description,
    handle: (key: ObjectKey, body: unknown, actor: Actor) => act(key, bodyOf(schema, body), actor),
  });
  return [
    {
      ...action('change', 'Opens a change request for a branch.', OpenChange, async (key, wanted, actor) => {
        const { change } = await openChange(capabilities, key, wanted, actor);
        return change;
      }),
      kind: ServiceKind,
    },
    action('approve', 'Approves the newest commit.', ApproveChange, (key, body, actor) =>
      approveChange(changes, key, body, actor),
    ),
    action('comment', 'Says something about it.', CommentOnChange, (key, body, actor) =>
      commentOnChange(capabilities, key, body, actor),
    ),
    action('merge', 'Merges it into its target branch.', MergeChange, (key, { method }, actor) =>
      mergeChange(changes, key, method, actor, service => services.nudge(service)),
    ),
    action('close', 'Gives it up.', NoWords, (key, _body, actor) => closeChange(changes, key, actor)),
    action('reopen', 'Takes it up again.', NoWords, (key, _body, actor) => reopenChange(changes, key, actor)),
  ];
};

export const changeStreams = (capabilities: Capabilities): StreamDefinition[] => [
  {
    kind: ChangeRequestKind,
    name: 'diff',
    role: 'viewer',
    description: 'What it changes, as a unified diff.',
    handle: (key, _query, _actor, signal) => changeDiff(capabilities, key, signal),
  },
];
