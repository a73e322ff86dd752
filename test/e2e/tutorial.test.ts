import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { freePorts, root, run } from './harness.ts';

/** Commands of a page, and the lines that it shows after them. */
interface Step {
  readonly commands: string;
  readonly shown: readonly string[];
}

const left = '…';

const stepsOf = (page: string): Step[] => {
  const steps: { commands: string; shown: string[] }[] = [];
  for (const [, kind, text = ''] of page.matchAll(/^```(sh|text)\n(.*?)\n?^```$/gms))
    if (kind === 'sh') steps.push({ commands: text, shown: [] });
    else steps.at(-1)?.shown.push(...text.split('\n').filter(line => line.trim() !== left));
  return steps;
};

/** The page says the default ports; the test takes free ones. Everything else runs as it is written. */
const onPort = (commands: string, port: number): string =>
  commands
    .replace('up --detach', `up --detach --port ${port}`)
    .replaceAll(':7070', `:${port}`)
    .replaceAll(':7080', `:${port + 10}`);

/** The user, ages, ids and numbers differ from run to run; the words do not. */
const varying: readonly (readonly [said: RegExp, pattern: string])[] = [
  [/^ada$/, '[\\w.@+-]+'],
  [/^\d+[smhd]$/, '(?:\\d+[smhd])+'],
  [/^[0-9a-f]{7,}$/, '[0-9a-f]{7,}'],
  [/^/, '\\d+(?:\\.\\d+)?'],
];
const whereItVaries = /(\bada\b|\b\d+[smhd]\b|\b(?=[a-f]*\d)[0-9a-f]{7,}\b|\d+(?:\.\d+)?)/;

const fixed = (text: string): string =>
  text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');

const patternOf = (line: string): RegExp =>
  new RegExp(
    line
      .trim()
      .split(whereItVaries)
      .map((part, index) =>
        index % 2 === 0 ? fixed(part) : (varying.find(([said]) => said.test(part))?.[1] ?? ''),
      )
      .join(''),
  );

/** The lines stand in the output, in this order. */
const assertShown = ({ commands, shown }: Step, printed: string): void => {
  let rest = printed;
  for (const line of shown) {
    const found = patternOf(line).exec(rest);
    assert.ok(found, `${commands}\nshould have printed:\n${line}\nbut printed:\n${printed}`);
    rest = rest.slice(found.index + found[0].length);
  }
};

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const skip =
  has('curl') || process.env.CAUSEWAY_REQUIRE_ALL === '1' ? false : 'needs curl: apt-get install curl';

describe('the tutorial', { skip }, () => {
  test('every command works as it is written, and prints what is shown', async () => {
    const steps = stepsOf(await readFile(join(root, 'docs/tutorial/first-service.md'), 'utf8'));
    assert.ok(steps.length > 10, 'the page has no commands any more');
    const folder = await mkdtemp(join(tmpdir(), 'causeway tutorial-'));
    const clone = join(folder, 'causeway');
    const home = join(folder, 'home');
    const env = {
      HOME: home,
      CAUSEWAY_HOME: join(home, '.causeway'),
      GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
      GIT_TERMINAL_PROMPT: '0',
      NO_COLOR: '1',
    };
    await Promise.all([clone, home].map(path => mkdir(path)));
    await symlink(join(root, 'platform'), join(clone, 'platform'));
    const port = await freePorts();
    const output = (index: number): string => join(folder, `output.${index}`);
    // One shell for all, as a person has: what a command changes holds for the next.
    const script = steps.map(
      ({ commands }, index) => `{\n${onPort(commands, port)}\n} >"$OUTPUT.${index}" 2>&1\n`,
    );
    try {
      const { code } = await run('sh', ['-c', `set -e\n${script.join('')}`], {
        cwd: clone,
        env: { ...env, OUTPUT: join(folder, 'output') },
        timeoutMs: 300_000,
      });
      for (const [index, step] of steps.entries()) {
        const printed = await readFile(output(index), 'utf8');
        const isLast = index === steps.length - 1 || !existsSync(output(index + 1));
        if (isLast) assert.equal(code, 0, `${step.commands}\nfailed:\n${printed}`);
        assertShown(step, printed);
      }
    } finally {
      await run(join(clone, 'platform'), ['down', '--purge', '--yes'], { cwd: clone, env });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
