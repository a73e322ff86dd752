import type { PushProposal, TreeEntry, Verdict } from '../ports.ts';
import { judgeRefs } from './judge-refs.ts';
import { judgeTree, linkBytes, type TreeLimits } from './judge-tree.ts';

export interface PushRules extends TreeLimits {
  /** Cannot be deleted. */
  readonly releaseBranch?: string;
}

const readTargets = async (
  push: PushProposal,
  entries: readonly TreeEntry[],
): Promise<Map<string, string>> => {
  const targets = new Map<string, string>();
  for (const entry of entries) {
    if (entry.type === 'link' && entry.size <= linkBytes)
      targets.set(entry.path, (await push.tree.read(entry)).toString('utf8'));
  }
  return targets;
};

/** The rules that hold for every push, whatever an organisation's policy adds. */
export const judgePush = async (push: PushProposal, rules: PushRules): Promise<Verdict> => {
  const lines = judgeRefs(push.updates, rules.releaseBranch);
  if (lines.length > 0) return { accept: false, lines };
  for (const update of push.updates) {
    if (update.after === undefined) continue;
    const entries = await push.tree.changes(update);
    lines.push(...judgeTree(update.after, entries, await readTargets(push, entries), rules));
  }
  return { accept: lines.length === 0, lines };
};
