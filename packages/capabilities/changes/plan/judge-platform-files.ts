import { isUtf8 } from 'node:buffer';
import type { FolderEntry } from '@causeway/contracts';
import type { NewDecision } from '@causeway/engine';
import { isPlatformError, keyOf, type Plan, type Service, SourceKind } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { pathAnnotation } from '../source/annotations.ts';
import { claimsOf } from '../source/claims.ts';
import { isPlatformFile, readPlatformFiles } from '../source/platform-files.ts';
import { planFiles } from './plan-files.ts';
import { folderOf } from './plan-for.ts';
import { planLines } from './plan-lines.ts';

interface Entry {
  readonly path: string;
  readonly type: FolderEntry['type'];
  readonly size: number;
}

interface Update {
  readonly ref: string;
  readonly after: string | undefined;
}

/** A push that nobody sees yet, and what lies in the commits that it brings. */
export interface PushOfFiles<E extends Entry> {
  readonly user: string;
  readonly updates: readonly Update[];
  /** Paths that an update adds or changes. */
  changed(update: Update): Promise<readonly string[]>;
  /** What lies in a folder of a commit. */
  entries(commit: string, folder: string): Promise<readonly E[]>;
  read(entry: E): Promise<Buffer>;
}

export interface FilesVerdict {
  readonly accept: boolean;
  /** For the pusher. */
  readonly lines: readonly string[];
}

type Parts = Pick<Capabilities, 'engine' | 'guard' | 'guarded' | 'offer' | 'rateCard' | 'apiGroups'>;

const branches = 'refs/heads/';
/** More branches of one push are planned when their change requests are looked at. */
const mostBranches = 5;

/** Whether a file is judged here, and nowhere else at the push. */
export const isInFolder = (folder: string, path: string): boolean => path.startsWith(`${folder}/`);

const fileText = (content: Buffer): string | undefined =>
  isUtf8(content) && !content.includes(0) ? content.toString('utf8') : undefined;

const folderEntries = async <E extends Entry>(
  push: PushOfFiles<E>,
  entries: readonly E[],
): Promise<FolderEntry[]> =>
  Promise.all(
    entries.map(async entry => {
      const { path, type, size } = entry;
      const text = isPlatformFile(entry) ? fileText(await push.read(entry)) : undefined;
      return { path, type, size, ...(text === undefined ? {} : { text }) };
    }),
  );

/** What a branch’s commit says in its folder, if the push is about that at all: changes it, or takes something away. */
const entriesOf = async <E extends Entry>(
  { engine }: Parts,
  service: Service,
  folder: string,
  push: PushOfFiles<E>,
  update: Update & { readonly after: string },
): Promise<FolderEntry[] | undefined> => {
  const key = keyOf(service);
  const touches = (await push.changed(update)).some(path => isInFolder(folder, path));
  if (!touches && !engine.store.peek(SourceKind, key)) return undefined;
  const entries = await push.entries(update.after, folder);
  const there = new Set(entries.map(({ path }) => path));
  const takesAway = claimsOf(engine.store, key).some(
    ({ object }) => !there.has(object.metadata.annotations?.[pathAnnotation] ?? ''),
  );
  return touches || takesAway ? folderEntries(push, entries) : undefined;
};

const toldOf = (plan: Plan): string[] => {
  const lines = planLines(plan);
  return lines.length > 0 ? lines : ['nothing is other'];
};

/**
 * Plans the files of the platform that a push brings. On the release branch a plan that would be refused refuses the push; elsewhere
 * it is told what is wrong and what a merge would do.
 */
export const judgePlatformFiles = async <E extends Entry>(
  parts: Parts,
  service: Service,
  push: PushOfFiles<E>,
): Promise<FilesVerdict> => {
  const { namespace: team, name } = keyOf(service);
  const folder = folderOf(parts, team, name);
  const released = `${branches}${service.spec.branch}`;
  const updates = push.updates
    .filter((update): update is Update & { after: string } => update.after !== undefined)
    .filter(({ ref }) => ref.startsWith(branches));
  const lines: string[] = [];
  for (const update of updates.slice(0, mostBranches)) {
    const entries = await entriesOf(parts, service, folder, push, update);
    if (!entries) continue;
    const files = readPlatformFiles(entries, { team, source: name, folder, apiGroups: parts.apiGroups });
    const decisions: NewDecision[] = [];
    const request = {
      team,
      source: name,
      commit: update.after,
      by: push.user,
      judged: (decision: NewDecision) => decisions.push(decision),
    };
    const branch = update.ref.slice(branches.length);
    try {
      const plan = await planFiles(parts, request, files);
      const told = toldOf(plan).map(line => `  ${line}`);
      if (update.ref !== released) {
        lines.push(
          plan.allowed ? `plan  merging ${branch} would:` : `! Merging ${branch} would be refused:`,
          ...told,
        );
      } else if (plan.allowed) lines.push(`plan  ${folder}/:`, ...told);
      else {
        await parts.engine.decisions.append(...decisions);
        return {
          accept: false,
          lines: [
            `What the files of ${folder}/ say is refused:`,
            ...told,
            'Next: correct them as said, commit and push again.',
          ],
        };
      }
    } catch (error) {
      if (update.ref === released || !isPlatformError(error, 'Unavailable')) throw error;
      lines.push(`! What merging ${branch} would do cannot be told now: ${error.message}`);
    }
  }
  return { accept: true, lines };
};
