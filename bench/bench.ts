import { arch, cpus, loadavg, release, totalmem } from 'node:os';

export interface BenchOptions {
  /** Fewer operations: shows that it works, and about what comes out. */
  readonly quick: boolean;
}

/** Each benchmark by name; `npm run bench -- [--quick] NAME …` runs some, without a name all. */
const benchmarks: Record<string, () => Promise<{ run: (options: BenchOptions) => Promise<void> }>> = {
  peer: () => import('./peer/peer.ts'),
  policy: () => import('./policy.ts'),
  reconcile: () => import('./reconcile.ts'),
  push: () => import('./push.ts'),
  environments: () => import('./environments.ts'),
  plan: () => import('./plan.ts'),
  'server-kill': () => import('./server-kill.ts'),
  kills: () => import('./kills.ts'),
  'control-plane': () => import('./control-plane.ts'),
  'at-rest': () => import('./at-rest.ts'),
  command: () => import('./command.ts'),
  'fresh-clone': () => import('./fresh-clone.ts'),
};

const quick = process.argv.includes('--quick');
const chosen = process.argv.slice(2).filter(argument => argument !== '--quick');
const unknown = chosen.filter(name => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}
const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
console.log(
  `${cpus().length} cores (${cpus()[0]?.model ?? arch()}), ${gigabytes} GiB, Linux ${release()}, Node.js ${process.version}, PostgreSQL 18 with fsync on`,
);
for (const [name, load] of Object.entries(benchmarks)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n${name} (load ${loadavg()[0]?.toFixed(2)} at the start)`);
  await (await load()).run({ quick });
}
