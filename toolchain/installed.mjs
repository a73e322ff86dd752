// installed.mjs ROOT production|development: exits 0 when node_modules holds what package-lock.json asks for.
// npm leaves what it installed in node_modules/.package-lock.json. It skips in silence what is optional and failed.
import { readFileSync } from 'node:fs';

const [root, dependencies] = process.argv.slice(2);

const packagesIn = file => {
  try {
    return JSON.parse(readFileSync(`${root}/${file}`, 'utf8')).packages;
  } catch {
    return undefined;
  }
};

const libc = () => {
  if (process.platform !== 'linux') return undefined;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
};

const machine = { os: process.platform, cpu: process.arch, libc: libc() };

const isForThisMachine = wanted =>
  Object.entries(machine).every(
    ([field, value]) => value === undefined || (wanted[field]?.includes(value) ?? true),
  );

const isLeftOut = wanted =>
  (wanted.optional === true && !isForThisMachine(wanted)) ||
  (dependencies === 'production' && (wanted.dev === true || wanted.devOptional === true));

const installed = packagesIn('node_modules/.package-lock.json') ?? {};

const isMissing = ([name, wanted]) => {
  if (!name.includes('node_modules/')) return false;
  const found = installed[name];
  if (found === undefined) return !isLeftOut(wanted);
  return found.version !== wanted.version || found.integrity !== wanted.integrity;
};

const missing = Object.entries(packagesIn('package-lock.json')).filter(isMissing);
for (const [name, { version }] of missing)
  console.log(`${name.replace(/^node_modules\//, '')} ${version ?? ''}`);
process.exitCode = missing.length === 0 ? 0 : 1;
