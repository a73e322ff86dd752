import type { Builder, BuildPlan } from '@causeway/contracts';
import { isBuiltSite } from './built-site.ts';
import { nodeDependencies } from './node-dependencies.ts';
import { admitsMajor } from './node-range.ts';
import { nodeStart, serverFiles } from './node-start.ts';
import { type PackageJson, readPackageJson } from './package-json.ts';
import { scriptLine } from './script-line.ts';

/** What `npm init` writes; it fails by design. */
const placeholderTest = /^echo\s+.*no test specified.*exit 1$/;

const testLine = (manifest: PackageJson): string | undefined => {
  if (placeholderTest.test(manifest.scripts.test?.trim() ?? '')) return undefined;
  const line = scriptLine(manifest, 'test');
  // Test runners and frameworks go by NODE_ENV; what the release runs with would mislead them.
  return line && `export NODE_ENV=test; ${line}`;
};

const rangeNote = ({ nodeRange }: PackageJson): string[] =>
  nodeRange === undefined || admitsMajor(nodeRange, Number.parseInt(process.versions.node, 10))
    ? []
    : [`package.json asks for Node.js ${nodeRange}; this platform runs ${process.versions.node}.`];

export const nodeBuilder: Builder = {
  name: 'node',
  looksFor: ['package.json', 'server.js', 'index.js', 'app.js'],

  async detect(source) {
    const manifest = await readPackageJson(source);
    if (manifest) return (await isBuiltSite(source, manifest)) ? undefined : 'package.json';
    for (const file of serverFiles) if (await source.exists(file)) return file;
    return undefined;
  },

  async plan(source): Promise<BuildPlan> {
    const manifest = await readPackageJson(source);
    const dependencies = manifest ? await nodeDependencies(source, manifest) : { notes: [] };
    const web = await nodeStart(source, manifest);
    const build = manifest && scriptLine(manifest, 'build');
    const test = manifest && testLine(manifest);
    const needsNpm = [build, test, web].some(line => line !== undefined && /\bnp[mx]\b/.test(line));
    const notes = [...dependencies.notes, ...(manifest ? rangeNote(manifest) : [])];
    return {
      builder: 'node',
      runtime: `Node.js ${process.versions.node}`,
      tools: ['node', ...(needsNpm ? ['npm'] : [])],
      processes: web === undefined ? {} : { web },
      variables: {
        NODE_ENV: 'production',
        ...(dependencies.plan ? { PATH: '{source}/node_modules/.bin' } : {}),
      },
      ...(dependencies.plan ? { dependencies: dependencies.plan } : {}),
      ...(build === undefined ? {} : { build }),
      ...(test === undefined ? {} : { test }),
      ...(notes.length > 0 ? { notes } : {}),
    };
  },
};
