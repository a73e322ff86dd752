import type { DependencyPlan } from '@causeway/contracts';
import { digestOf } from './digest.ts';

export interface KeyInput {
  readonly plan: DependencyPlan;
  /** Path → id of the git object: the digest of its content. */
  readonly objects: ReadonlyMap<string, string>;
  /** Digest of the whole tree, for plans that depend on all of it. */
  readonly fingerprint: string;
  readonly team: string;
  /** Identities of the plan's tools. */
  readonly tools: readonly string[];
}

/** Bumped when the way dependencies are installed changes, so that older folders are not used. */
const version = 1;

/** The same key means: installing again would make the same. Teams never share. */
export const dependencyKey = ({ plan, objects, fingerprint, team, tools }: KeyInput): string => {
  const contentOf = (path: string): string | undefined =>
    path === '.' ? fingerprint : (plan.relevant?.[path] ?? objects.get(path));
  const inputs = plan.inputs.map(path => [path, contentOf(path)]);
  const platform = `${process.platform}-${process.arch}`;
  return digestOf({ version, team, platform, tools, command: plan.command, produces: plan.produces, inputs });
};
