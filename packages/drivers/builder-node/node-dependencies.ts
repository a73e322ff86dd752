import type { DependencyPlan, SourceTree } from '@causeway/contracts';
import { dependenciesOf, type PackageJson } from './package-json.ts';

const lockfiles = ['npm-shrinkwrap.json', 'package-lock.json'];
/** Read by a `spec.build.install` of other package managers, and so part of the key. */
const otherInputs = [
  '.npmrc',
  'yarn.lock',
  '.yarnrc',
  '.yarnrc.yml',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  '.pnpmfile.cjs',
];

/** What of package.json decides what is installed; a new version or start script installs nothing. */
const relevantFields = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bundleDependencies',
  'bundledDependencies',
  'overrides',
  'resolutions',
  'workspaces',
  'engines',
  'os',
  'cpu',
  'allowScripts',
  'pnpm',
  'packageManager',
];

/** Git hooks mean nothing in a checkout without a repository, and their installers say so and succeed. */
const onlyGitHooks =
  /^(?:husky(?: install)?|lefthook install|simple-git-hooks)(?:\s*\|\|\s*(?:true|exit 0))?$/;

/** Whether installing runs or links files of the application itself, so that everything is an input. */
const installsItself = (manifest: PackageJson): boolean => {
  const runs = [
    'preinstall',
    'install',
    'postinstall',
    'prepublish',
    'preprepare',
    'prepare',
    'postprepare',
  ].some(name => Object.hasOwn(manifest.scripts, name) && !onlyGitHooks.test(manifest.scripts[name]!.trim()));
  const links = Object.values(dependenciesOf(manifest)).some(
    range => typeof range === 'string' && /^(?:file:|link:|portal:|workspace:|\.{1,2}\/|~\/)/.test(range),
  );
  return runs || links || manifest.all.workspaces !== undefined;
};

/** `undefined` when the package depends on nothing. `notes` are lines for the pusher. */
export const nodeDependencies = async (
  source: SourceTree,
  manifest: PackageJson,
): Promise<{ plan?: DependencyPlan; notes: string[] }> => {
  const installs = Object.keys(dependenciesOf(manifest)).length > 0 || manifest.all.workspaces !== undefined;
  if (!installs) return { notes: [] };
  const present = async (names: readonly string[]): Promise<string[]> => {
    const found = await Promise.all(names.map(name => source.exists(name)));
    return names.filter((_, index) => found[index]);
  };
  const [lock] = await present(lockfiles);
  const others = await present(otherInputs);
  const foreign = others.find(name => name === 'yarn.lock' || name === 'pnpm-lock.yaml');
  const notes: string[] = [];
  if (lock === undefined)
    notes.push(
      foreign === undefined
        ? 'No package-lock.json: npm chooses versions when it first installs. Commit one to fix them.'
        : `${foreign} is not read: npm chooses the versions. Commit a package-lock.json, or set spec.build.install.`,
    );
  const relevant = Object.fromEntries(
    relevantFields
      .filter(field => Object.hasOwn(manifest.all, field))
      .map(field => [field, manifest.all[field]]),
  );
  return {
    plan: {
      ...(installsItself(manifest)
        ? { inputs: ['.'] }
        : {
            inputs: ['package.json', ...(lock === undefined ? [] : [lock]), ...others],
            relevant: { 'package.json': JSON.stringify(relevant) },
          }),
      produces: 'node_modules',
      command: lock === undefined ? 'npm install' : 'npm ci',
      tools: [`node ${process.versions.node}`, 'npm'],
    },
    notes,
  };
};
