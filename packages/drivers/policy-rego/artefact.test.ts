import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const crate = path.join(import.meta.dirname, '../../../crates/rego');

test('[REGO1] the artefact was built from the sources that lie beside it', () => {
  const files = readdirSync(crate, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(crate, path.join(entry.parentPath, entry.name)))
    .toSorted();
  const sums = files.map(file => `${hash('sha256', readFileSync(path.join(crate, file)))}  ./${file}`);
  const built = readFileSync(path.join(import.meta.dirname, 'artefact/sources.sha256'), 'utf8');
  assert.deepEqual(
    sums,
    built
      .trimEnd()
      .split('\n')
      .toSorted((a, b) => (a.slice(64) < b.slice(64) ? -1 : 1)),
    'crates/rego has changed: run crates/rego/build',
  );
});
