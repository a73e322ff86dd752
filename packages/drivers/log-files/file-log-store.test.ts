import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogSubject } from '@causeway/contracts';
import { isPlatformError } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { createFileLogStore } from './file-log-store.ts';
import { logPath } from './log-path.ts';
import { rotateLog } from './rotate-log.ts';

const subject: LogSubject = { kind: 'replica', namespace: 'shop', name: 'orders.production.1-web-0' };

const setUp = async (t: TestContext) => {
  const data = await mkdtemp(join(tmpdir(), 'causeway logs-'));
  const path = logPath(data, subject);
  await mkdir(dirname(path), { recursive: true });
  const ending = new AbortController();
  t.after(async () => {
    ending.abort();
    await rm(data, { recursive: true, force: true });
  });
  const logs = createFileLogStore(data);
  const read = async (tail?: number): Promise<string[]> => {
    const texts: string[] = [];
    for await (const { text } of logs.read(subject, {
      signal: ending.signal,
      ...(tail === undefined ? {} : { tail }),
    }))
      texts.push(text);
    return texts;
  };
  const follow = (tail?: number) => {
    const texts: string[] = [];
    const options = { follow: true, signal: ending.signal, ...(tail === undefined ? {} : { tail }) };
    const done = (async () => {
      for await (const { text } of logs.read(subject, options)) texts.push(text);
    })();
    return { texts, done };
  };
  return { data, path, logs, read, follow, ending };
};

test('no log is an empty log', async t => {
  const { read } = await setUp(t);
  assert.deepEqual(await read(), []);
  assert.deepEqual(await read(5), []);
});

test('lines, a last one without its end, CR LF and bytes that are no UTF-8', async t => {
  const { path, read } = await setUp(t);
  await writeFile(
    path,
    Buffer.concat([Buffer.from('one\r\n\ntw\u00f6\n'), Buffer.from([0xff, 0x41, 0x0a]), Buffer.from('last')]),
  );
  assert.deepEqual(await read(), ['one', '', 'twö', '\ufffdA', 'last']);
  assert.deepEqual(await read(2), ['\ufffdA', 'last']);
  assert.deepEqual(await read(0), []);
  assert.deepEqual(await read(100), ['one', '', 'twö', '\ufffdA', 'last']);
});

test('a tail spans the rotated log and the present one', async t => {
  const { path, read } = await setUp(t);
  await writeFile(path, 'a\nb\nc\n');
  await rotateLog(path, 1000);
  await appendFile(path, 'd\n');
  assert.deepEqual(await read(), ['a', 'b', 'c', 'd']);
  assert.deepEqual(await read(3), ['b', 'c', 'd']);
});

test('the tail of a large log is read from its end', async t => {
  const { path, read } = await setUp(t);
  const line = `${'x'.repeat(99)}\n`;
  await writeFile(path, line.repeat(400_000));
  await appendFile(path, 'end\n');
  const begun = process.cpuUsage();
  assert.deepEqual(await read(2), [line.trimEnd(), 'end']);
  assert.ok(process.cpuUsage(begun).user < 100_000);
});

test('a line without end comes in pieces', async t => {
  const { path, read } = await setUp(t);
  await writeFile(path, `${'y'.repeat(200_000)}\nz\n`);
  const lines = await read();
  assert.equal(lines.slice(0, -1).join(''), 'y'.repeat(200_000));
  assert.ok(lines.every(line => line.length <= 65_536));
});

test('[follow] a log that is not there yet, lines in pieces, then the end', async t => {
  const { data, path, follow, ending } = await setUp(t);
  await rm(join(data, 'logs'), { recursive: true });
  const { texts, done } = follow();
  await sleep(20);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'one\ntw');
  await until('the lines', () => texts.length === 1, { seen: () => texts });
  await appendFile(path, 'o\nthree\npart');
  await until('the lines', () => texts.length === 3, { seen: () => texts });
  ending.abort();
  await done;
  assert.deepEqual(texts, ['one', 'two', 'three', 'part']);
});

test('[follow] nothing is lost or told twice when the log rotates', async t => {
  const { path, follow } = await setUp(t);
  await writeFile(path, '');
  const { texts } = follow();
  const expected: string[] = [];
  for (let round = 0; round < 5; round++) {
    for (let line = 0; line < 50; line++) {
      expected.push(`round ${round} line ${line}`);
      await appendFile(path, `${expected.at(-1)}\n`);
    }
    // A follower catches up with one rotation at a time: LOG.1 is all that is kept.
    await until('the lines', () => texts.length >= expected.length - 25, { seen: () => texts.length });
    await rotateLog(path, 1_000_000);
  }
  await appendFile(path, 'end\n');
  await until('the lines', () => texts.at(-1) === 'end', { seen: () => texts.length });
  assert.deepEqual(texts, [...expected, 'end']);
});

test('[follow] a log that its program truncated starts again', async t => {
  const { path, follow } = await setUp(t);
  await writeFile(`${path}.1`, 'older than all\n'.repeat(10));
  await writeFile(path, 'first line\nsecond line\n');
  const { texts } = follow(1);
  await until('the lines', () => texts.length === 1, { seen: () => texts });
  await writeFile(path, 'new\n');
  await until('the lines', () => texts.length === 2, { seen: () => texts });
  assert.deepEqual(texts, ['second line', 'new']);
});

test('names that lead out of the folder are refused', async t => {
  const { data, logs } = await setUp(t);
  for (const name of ['../x', '', 'a/b', '..'])
    assert.throws(
      () => logs.read({ ...subject, name }, { signal: new AbortController().signal }),
      error => isPlatformError(error, 'Invalid'),
      data,
    );
});

test('logs are listed once each, also those that were only rotated; the one that wrote last is last', async t => {
  const { data, path, logs } = await setUp(t);
  assert.deepEqual(await logs.list('replica', 'nobody'), []);
  const folder = dirname(path);
  await writeFile(path, 'first');
  await writeFile(`${path}.1`, 'before');
  await utimes(path, 1, 1);
  await writeFile(join(folder, 'other.production.2-web-0.log'), 'second');
  await writeFile(join(folder, 'no log'), '');
  assert.deepEqual(await logs.list('replica', 'shop'), [subject.name, 'other.production.2-web-0']);
  await assert.rejects(
    async () => createFileLogStore(data).list('replica', '../shop'),
    error => isPlatformError(error, 'Invalid'),
  );
});
