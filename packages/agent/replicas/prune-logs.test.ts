import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pruneLogs } from './prune-logs.ts';

test('old logs of replicas that are gone are removed, young ones and those of living replicas stay', async t => {
  const data = mkdtempSync(join(tmpdir(), 'causeway-prune-'));
  t.after(() => rmSync(data, { recursive: true }));
  const now = Date.now();
  const write = (team: string, file: string, ageMs: number): string => {
    const path = join(data, 'logs', 'replicas', team, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'x');
    utimesSync(path, new Date(now - ageMs), new Date(now - ageMs));
    return path;
  };
  const gone = [
    write('shop', 'old.1-web-0.log', 100),
    write('shop', 'old.1-web-0.log.1', 200),
    write('billing', 'a.log', 100),
  ];
  const stay = [
    write('shop', 'young.log', 5),
    write('shop', 'living.log', 100),
    write('shop', 'living.log.1', 100),
    write('shop', 'notes.txt', 100),
  ];
  assert.equal(await pruneLogs({ data, kept: new Set(['shop/living']), keepMs: 50, now }), 3);
  for (const path of gone) assert.ok(!existsSync(path));
  for (const path of stay) assert.ok(existsSync(path));
  assert.ok(!existsSync(join(data, 'logs', 'replicas', 'billing')));
  assert.equal(await pruneLogs({ data: join(data, 'none'), kept: new Set(), keepMs: 50, now }), 0);
});
