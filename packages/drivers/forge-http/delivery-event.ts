import type { ForgeEvent } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { z } from 'zod';

const Repository = z.object({ full_name: z.string().min(3).max(300) });
const ChangePayload = z.object({
  repository: Repository,
  pull_request: z.object({ number: z.int().min(1) }),
});
const PushPayload = z.object({ repository: Repository, ref: z.string().max(1000) });

const read = <T>(schema: z.ZodType<T>, payload: unknown, event: string): T => {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PlatformError(
    'BadRequest',
    `the delivery of ${event} is not as the forge documents it: ${issue?.path.join('.') || 'the body'}: ${issue?.message}`,
  );
};

/** What a delivery about a pull request says. */
export const changeEvent = (payload: unknown, event: string): ForgeEvent => {
  const { repository, pull_request } = read(ChangePayload, payload, event);
  return { type: 'change', repository: repository.full_name, number: pull_request.number };
};

const branches = 'refs/heads/';

/** What a delivery about a push says. Tags are nobody’s concern. */
export const pushEvent = (payload: unknown, event: string): ForgeEvent => {
  const { repository, ref } = read(PushPayload, payload, event);
  return ref.startsWith(branches)
    ? { type: 'push', repository: repository.full_name, branch: ref.slice(branches.length) }
    : { type: 'ignored', why: 'it is about a tag' };
};

/** An event that the platform has no use for. */
export const ignoredEvent = (event: string): ForgeEvent => ({
  type: 'ignored',
  why:
    event === 'ping' ? 'the forge only tries the address' : `nothing depends on ${event.slice(0, 60)} here`,
});
