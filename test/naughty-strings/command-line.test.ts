import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { startTestApi, type TestApi } from '../../packages/api/testing/test-api.ts';
import { exitCodes } from '../../packages/cli/exit-codes.ts';
import { type CommandResult, runCommand } from '../../packages/cli/testing/run-command.ts';
import { startStandIn } from '../../packages/client/testing/stand-in-server.ts';
import { naughtyStrings } from './naughty-strings.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';
const main = path.join(import.meta.dirname, '../../packages/cli/main.ts');

/** What a terminal would take for more than text. Lines end with a line feed. */
const control = /[^\P{Cc}\t\n]/u;

describe('naughty strings through the command line come back as they were given, or are refused in words [INP3]', () => {
  let api: TestApi;
  let home: string;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    api = await startTestApi();
    home = await mkdtemp(path.join(os.tmpdir(), 'causeway-naughty-'));
    env = {
      PATH: process.env.PATH,
      HOME: home,
      CAUSEWAY_HOME: home,
      CAUSEWAY_SERVER: api.url,
      CAUSEWAY_TOKEN: api.admin,
    };
  });
  after(async () => {
    await api.close();
    await rm(home, { recursive: true, force: true });
  });

  const platform = (argv: readonly string[], input = '') =>
    runCommand([...argv, '--team', 'shop'], { env, input });

  /** The document that a command printed; `undefined` when it refused what it was given. */
  const documentOf = ({ code, stdout, stderr }: CommandResult, text: string): unknown => {
    if (code === exitCodes.ok) return JSON.parse(stdout);
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string; next: string } };
    assert.ok(['Invalid', 'Usage'].includes(error.code), `${JSON.stringify(text)}: ${stderr}`);
    assert.ok(error.message.length > 5 && error.next.length > 5, stderr);
    return undefined;
  };

  /** Tries all texts as values of flags; says how many were taken. */
  const through = async (
    longest: number,
    argv: (text: string) => readonly string[],
    intact: (document: never, text: string) => void,
  ): Promise<number> => {
    let kept = 0;
    for (const text of naughtyStrings.filter(({ length }) => length <= longest)) {
      const document = documentOf(await platform([...argv(text), '-o', 'json', '--dry-run']), text);
      if (document === undefined) continue;
      intact(document as never, text);
      kept += 1;
    }
    return kept;
  };

  test('platform create service --description', async () => {
    const kept = await through(
      1000,
      text => ['create', 'service', 'orders', '--description', text],
      ({ spec }: { spec: { description: string } }, text) => assert.equal(spec.description, text),
    );
    assert.ok(kept > 400, `${kept} were kept`);
  });

  test('platform create team: every flag that takes a text', async () => {
    const kept = await through(
      63,
      text => [
        ...['create', 'team', 'crew', '--description', text, '--display-name', text],
        ...['--on-call', text, '--cost-center', text],
      ],
      ({ spec }: { spec: Record<string, string> }, text) => {
        for (const field of ['description', 'displayName', 'onCall', 'costCenter'])
          assert.equal(spec[field], text, field);
      },
    );
    assert.ok(kept > 200, `${kept} were kept`);
    const members = await through(
      128,
      text => ['create', 'team', 'crew', '--member', text],
      ({ spec: { members } }: { spec: { members: { user: string }[] } }, text) =>
        assert.ok(members.some(({ user }) => user === text)),
    );
    assert.ok(members > 20, `${members} are users`);
  });

  test('platform exception request: every flag that takes a text', async () => {
    const kept = await through(
      200,
      text => [
        ...[
          'exception',
          'request',
          'no-root',
          'service/orders',
          '--expires',
          '30d',
          '--reason',
          `because ${text}..`,
        ],
        ...['--ticket', text, '--control', text, '--rule', text],
      ],
      ({ spec }: { spec: Record<string, string> }, text) => {
        assert.equal(spec.reason, `because ${text}..`);
        assert.deepEqual([spec.ticket, spec.compensatingControl, spec.rule], [text, text, text]);
      },
    );
    assert.ok(kept > 300, `${kept} were kept`);
  });

  test('platform exception approve --comment', async () => {
    const server = await startStandIn((_request, response) => {
      const spec = { policy: 'p', target: { kind: 'Service', name: 's' }, expiresAt: '' };
      response.end(JSON.stringify({ spec }));
    });
    try {
      for (const text of naughtyStrings)
        for (const verb of ['approve', 'refuse']) {
          const argv = ['exception', verb, 'shop/x', '--comment', text];
          const { code, stdout, stderr } = await runCommand(argv, {
            env: { ...env, CAUSEWAY_SERVER: server.url },
          });
          assert.equal(code, exitCodes.ok, stderr);
          assert.doesNotMatch(stdout, control);
          assert.equal(JSON.parse(server.requests.at(-1)?.body ?? '').comment, text);
        }
    } finally {
      await server.close();
    }
  });

  test('platform apply reads them as JSON and as YAML; get prints what apply reads; people see nothing else', async () => {
    const items = naughtyStrings.map((text, index) => ({
      apiVersion: 'causeway.dev/v1',
      kind: 'Service',
      metadata: { name: `n${index}`, annotations: { text } },
      spec: { description: text.slice(0, 1000), variables: [{ name: 'TEXT', value: text }] },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const made = await platform(['apply', '-f', '-', '-q'], list);
    assert.equal(made.code, exitCodes.ok, made.stderr);
    const stored = async () => (await api.ask(api.admin, 'GET', services)).body.items as typeof items;
    const intact = (found: typeof items): void => {
      const byName = new Map(found.map(one => [one.metadata.name, one]));
      for (const { metadata, spec } of items) {
        const one = byName.get(metadata.name);
        assert.equal(one?.metadata.annotations.text, metadata.annotations.text);
        assert.deepEqual(one.spec.variables, spec.variables);
        assert.equal(one.spec.description, spec.description);
      }
    };
    const before = await stored();
    intact(before);
    intact(JSON.parse((await platform(['get', 'services', '-o', 'json'])).stdout).items);
    const yaml = (await platform(['get', 'services', '-o', 'yaml'])).stdout;
    intact(parse(yaml).items);
    const again = await platform(['apply', '-f', '-'], yaml);
    assert.equal(again.code, exitCodes.ok, again.stderr);
    assert.doesNotMatch(again.stdout, /created|configured/);
    assert.deepEqual(await stored(), before, 'what was printed changes nothing');
    for (const argv of [
      ['get', 'services'],
      ['get', 'services', '-o', 'wide'],
      ['describe', 'service', 'n7'],
    ]) {
      const { code, stdout, stderr } = await platform(argv);
      assert.equal(code, exitCodes.ok, stderr);
      assert.doesNotMatch(stdout, control);
    }
    for (const index of naughtyStrings.keys()) {
      if (index % 4 > 0 && !control.test(naughtyStrings[index] ?? '')) continue;
      const { stdout, code } = await platform(['describe', 'service', `n${index}`]);
      assert.equal(code, exitCodes.ok);
      assert.doesNotMatch(stdout, control, JSON.stringify(naughtyStrings[index]));
    }
  });

  test('platform set, as a process of its own: all in one command line', async () => {
    await api.ask(api.admin, 'POST', services, { metadata: { name: 'process' } });
    // No argument of a process holds these.
    const texts = naughtyStrings.filter(text => !text.includes('\0') && text.isWellFormed());
    const argv = [main, 'set', 'process', '--team', 'shop', '--no-wait', '-o', 'json'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...argv, ...texts.map((text, index) => `TEXT_${index}=${text}`)],
      { env, maxBuffer: 2 ** 24 },
    );
    const { body } = await api.ask(api.admin, 'GET', `${services}/process`);
    for (const variables of [JSON.parse(stdout), body.spec.variables] as {
      name: string;
      value: string;
    }[][]) {
      const values = new Map(variables.map(({ name, value }) => [name, value]));
      assert.deepEqual(
        texts.map((_, index) => values.get(`TEXT_${index}`)),
        texts,
      );
    }
  });

  test('as names, kinds, selectors and times they are answered in words', async () => {
    const known = new Set<number>(Object.values(exitCodes));
    const lines: readonly ((text: string) => string[])[] = [
      text => ['get', 'services', '-l', text],
      text => ['get', 'services', '--field-selector', text],
      text => ['get', 'service', '--', text],
      text => ['get', '--', text],
      text => ['describe', '--', text],
      text => ['create', 'service', '--dry-run', '--', text],
      text => ['create', 'service', 'orders', '--dry-run', '--template', text],
      text => ['create', 'team', 'crew', '--dry-run', '--type', text],
      text => ['set', 'process', '--dry-run', '--', text],
      text => [
        'exception',
        'request',
        'p',
        'service/x',
        '--dry-run',
        '--reason',
        'ten letters',
        '--expires',
        text,
      ],
      text => ['decisions', '--since', text],
      text => ['delete', 'service', '--dry-run', '--', text],
    ];
    for (const [index, text] of naughtyStrings.entries()) {
      const line = lines[index % lines.length];
      for (const argv of [line?.(text), lines[(index * 5 + 3) % lines.length]?.(text)]) {
        assert.ok(argv);
        const said = JSON.stringify(argv);
        const { code, stdout, stderr } = await runCommand(
          [...argv.slice(0, 1), '--team', 'shop', ...argv.slice(1)],
          { env },
        );
        assert.ok(known.has(code) && code !== exitCodes.failed, `${said}: ${code} ${stderr}`);
        if (code !== exitCodes.ok) assert.match(stderr, /^next: ./m, said);
        assert.doesNotMatch(stdout + stderr, control, said);
        assert.doesNotMatch(stderr, /\bat .*\.ts:\d+/, said);
      }
    }
  });
});
