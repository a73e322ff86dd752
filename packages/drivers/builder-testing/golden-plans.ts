import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { BuildPlan, SourceTree } from '@causeway/contracts';
import { BuildSettings, reportOf } from '@causeway/model';
import { memorySource } from './memory-source.ts';

/** One case: a tree, the service's settings, and the plan or failure that must come of them. */
interface Case {
  /** Path → text, or JSON that is written as text. */
  readonly files: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly expect?: unknown;
}

export type Planner = (
  source: SourceTree,
  settings: BuildSettings,
) => Promise<{ because?: string | undefined; plan: BuildPlan }>;

const textOf = (content: unknown): string =>
  typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;

/** Golden files must not change with the Node.js that runs the test, nor repeat files of our own. */
const stable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(process.versions.node, '<node>'), (key, entry) =>
    key === 'files' ? Object.keys(entry) : entry,
  );

/** A test for every file of `folder`. With UPDATE_GOLDEN=1 the files are written instead; read what changed before keeping it. */
export const testGoldenPlans = (folder: URL, planner: Planner): void => {
  for (const name of readdirSync(folder).filter(file => file.endsWith('.json'))) {
    test(name.slice(0, -'.json'.length).replaceAll('-', ' '), async () => {
      const file = new URL(name, folder);
      const given = JSON.parse(readFileSync(file, 'utf8')) as Case;
      const files = Object.fromEntries(
        Object.entries(given.files).map(([path, content]) => [path, textOf(content)]),
      );
      const got = stable(
        await planner(memorySource(files), BuildSettings.parse(given.settings ?? {})).catch(error => ({
          failure: reportOf(error),
        })),
      );
      if (process.env.UPDATE_GOLDEN === '1')
        writeFileSync(file, `${JSON.stringify({ ...given, expect: got }, null, 2)}\n`);
      else assert.deepEqual(got, given.expect);
    });
  }
};
