import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { referencePages } from '../toolchain/reference-docs/pages.ts';

const root = dirname(import.meta.dirname);
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
const exclude = (name: string): boolean => /(^|\/)(node_modules|fixtures|\.git)$/.test(name);
const filesLike = (...patterns: string[]): Promise<string[]> =>
  Array.fromAsync(glob(patterns, { cwd: root, exclude }));

/** All that a regular expression's first group finds in these files, each once. */
const named = async (files: readonly string[], pattern: RegExp): Promise<string[]> => {
  const texts = await Promise.all(files.map(read));
  return [
    ...new Set(texts.flatMap(text => Array.from(text.matchAll(pattern), match => match[1] ?? ''))),
  ].sort();
};

/** How GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

describe('the documentation agrees with the code', () => {
  for (const [file, make] of Object.entries(referencePages))
    test(`${file} is what the code says`, async () => {
      assert.equal(await read(file), make(), `${file} is stale: run npm run docs`);
    });

  test('every field of every kind says what it is', async () => {
    const silent = (await read('docs/reference/kinds.md')).split('\n').filter(line => line.endsWith('|  |'));
    assert.deepEqual(silent, []);
  });

  test('every step of the ledger is told', async () => {
    const page = await read('docs/reference/ledger.md');
    const steps = await named(['packages/capabilities/delivery/steps.ts'], /^ {2}\| '([a-z.]+)'/gm);
    assert.ok(steps.length > 10);
    assert.deepEqual(
      steps.filter(step => !page.includes(`\`${step}\``)),
      [],
    );
  });

  test('every label, annotation and finalizer is told', async () => {
    const page = await read('docs/reference/labels-and-annotations.md');
    const sources = (await filesLike('packages/**/*.ts')).filter(
      file => !/\.test\.ts$|\/testing\//.test(file),
    );
    const keys = (await named(sources, /'(causeway\.dev\/[a-z-]+)'/g)).filter(
      key => key !== 'causeway.dev/v',
    );
    assert.ok(keys.length > 4);
    assert.deepEqual(
      keys.filter(key => !page.includes(`\`${key}\``)),
      [],
    );
  });

  test('every dependency has its line', async () => {
    const page = await read('docs/decisions/dependencies.md');
    const manifests = await filesLike('package.json', 'packages/*/package.json', 'toolchain/package.json');
    const wanted = new Set<string>();
    for (const file of manifests) {
      const { dependencies, devDependencies, optionalDependencies } = JSON.parse(await read(file));
      for (const name of Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }))
        if (!name.startsWith('@causeway/')) wanted.add(name);
    }
    assert.deepEqual(
      [...wanted].filter(name => !page.includes(`\`${name}\``)),
      [],
    );
  });

  test('every link leads somewhere', async () => {
    const broken: string[] = [];
    for (const file of await filesLike('*.md', 'docs/**/*.md', 'clients/**/*.md')) {
      const text = (await read(file)).replaceAll(/^```.*?^```/gms, '');
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const found = path === '' ? join(root, file) : join(root, dirname(file), path);
        const headings = async () =>
          Array.from((await readFile(found, 'utf8')).matchAll(/^#+ (.+)$/gm), match =>
            anchorOf(match[1] ?? ''),
          );
        if (!existsSync(found) || (anchor !== undefined && !(await headings()).includes(anchor)))
          broken.push(`${file}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });
});
