import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

const run = (
  command: string,
  args: readonly string[],
  cwd = root,
): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', data => {
      output += data;
    });
    child.stderr.on('data', data => {
      output += data;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? 1, output }));
  });

const cruise = (cwd = root, folder = 'packages') =>
  run(
    bin('depcruise'),
    [folder, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'err'],
    cwd,
  );

/** A checker that sees nothing also finds nothing: plant an upward `import type` and insist that it is found. */
const plantedEdge = async (): Promise<{ code: number; output: string }> => {
  const folder = await mkdtemp(join(root, 'packages', 'model', 'planted-'));
  try {
    await writeFile(
      join(folder, 'upward.ts'),
      "import type { Store } from '@causeway/engine';\nexport type Upward = Store;\n",
    );
    const { code, output } = await cruise();
    return code !== 0 && output.includes('edges-of-model')
      ? { code: 0, output: '' }
      : { code: 1, output: 'a planted upward import was not found: the edge check sees nothing' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const checks: Record<string, () => Promise<{ code: number; output: string }>> = {
  types: () => run(bin('tsc'), ['-p', root]),
  'types of the portal': () => run(bin('tsc'), ['-p', join(root, 'packages', 'portal')]),
  style: () => run(bin('biome'), ['ci', '--colors=off', '--error-on-warnings', '--diagnostic-level=warn']),
  edges: () => cruise(),
  'edges are seen': plantedEdge,
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const { code, output } = await check();
  if (code === 0) continue;
  failed += 1;
  console.error(`✘ ${name}\n${output}`);
}
const total = Object.keys(checks).length;
console.log(`checks: ${total - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
