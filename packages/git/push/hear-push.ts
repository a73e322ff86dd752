import type { RepositoryId } from '@causeway/contracts';
import type { AcceptedPush, Judge, RefUpdate, Verdict } from '../ports.ts';
import { keepLog } from '../refs/movements.ts';
import { isNullId } from '../refs/ref-name.ts';
import { removeStaleLock } from '../refs/stale-locks.ts';
import { judgeRefs } from '../rules/judge-refs.ts';
import type { HookChannel } from './hook-channel.ts';
import { inWords } from './lines.ts';
import { QuarantinedTree } from './quarantined-tree.ts';

export interface IncomingPush {
  readonly channel: HookChannel;
  /** The path of the repository. */
  readonly repository: string;
  readonly id: RepositoryId;
  readonly user: string;
  readonly judge: Judge;
  /** Aborts when the pusher has gone. */
  readonly gone: AbortSignal;
}

const optionFields = 8;

const present = (id: string): string | undefined => (isNullId(id) ? undefined : id);

/** A line of pre-receive, githooks(5): `OLD NEW REF`. */
const parseUpdate = (line: string): Omit<RefUpdate, 'kind'> => {
  const [before = '', after = '', ...ref] = line.split(' ');
  return { ref: ref.join(' '), before: present(before), after: present(after) };
};

const withKind = async (update: Omit<RefUpdate, 'kind'>, tree: QuarantinedTree): Promise<RefUpdate> => {
  if (update.before === undefined) return { ...update, kind: 'create' };
  if (update.after === undefined) return { ...update, kind: 'delete' };
  const { follows } = await tree.compare(update.before, update.after);
  return { ...update, kind: follows ? 'update' : 'force' };
};

const readPush = async (
  { channel, id, user }: IncomingPush,
  tree: QuarantinedTree,
): Promise<AcceptedPush> => {
  const count = Number(await channel.field());
  const options: string[] = [];
  for (let index = 0; index < optionFields; index++) options.push(await channel.field());
  const lines = await channel.fields();
  const updates = await Promise.all(lines.map(line => withKind(parseUpdate(line), tree)));
  return { id, user, options: options.slice(0, count), updates };
};

const verdictOn = async (
  incoming: IncomingPush,
  push: AcceptedPush,
  tree: QuarantinedTree,
): Promise<Verdict> => {
  // Names are checked whatever the judge does: the platform's own references must not be reached.
  const lines = judgeRefs(push.updates);
  return lines.length > 0 ? { accept: false, lines } : incoming.judge({ ...push, tree });
};

const makeReady = async (repository: string, updates: readonly RefUpdate[]): Promise<void> => {
  for (const { ref, kind } of updates) {
    await removeStaleLock(repository, ref);
    if (kind === 'delete') await keepLog(repository, ref);
  }
};

/** Answers the hook. Anything thrown on the way refuses. */
const decide = async (incoming: IncomingPush): Promise<AcceptedPush | undefined> => {
  const { channel, gone, repository } = incoming;
  const tree = new QuarantinedTree(channel);
  try {
    const push = await readPush(incoming, tree);
    const { accept, lines } = await verdictOn(incoming, push, tree);
    for (const line of lines) channel.say(line);
    if (accept && !gone.aborted) {
      await makeReady(repository, push.updates);
      channel.verdict('accept');
      return push;
    }
  } catch (error) {
    for (const line of inWords(error)) channel.say(line);
  }
  channel.verdict('refuse');
  return undefined;
};

/**
 * Talks with the pre-receive hook of one push. Resolves with the push when it was accepted; with `undefined`
 * when it was refused, or when git ended before it asked. Accepted means that git now carries it out, unless
 * somebody else moves the same reference first.
 */
export const hearPush = async (incoming: IncomingPush): Promise<AcceptedPush | undefined> => {
  const { channel, gone } = incoming;
  const leave = (): void => channel.close();
  gone.addEventListener('abort', leave);
  try {
    return (await channel.started()) ? await decide(incoming) : undefined;
  } catch {
    // The hook has ended in the middle of a word.
    return undefined;
  } finally {
    gone.removeEventListener('abort', leave);
  }
};
