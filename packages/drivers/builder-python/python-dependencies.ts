import type { DependencyPlan, SourceTree } from '@causeway/contracts';
import { type BuildSettings, PlatformError } from '@causeway/model';
import { namesOf, type PyProject } from './pyproject.ts';
import { normalised, readRequirements } from './requirements.ts';

export interface PythonDependencies {
  readonly plan: DependencyPlan;
  /** Names of all packages that are asked for, normalised. */
  readonly names: ReadonlySet<string>;
  readonly notes: readonly string[];
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** One line for both installers: uv where the machine has it, for it is ten times as fast. */
const command = (what: string): string =>
  what === ''
    ? 'python3 -m venv --without-pip .venv'
    : 'if command -v uv >/dev/null; then ' +
      `uv venv -q --python python3 .venv && uv pip install --python .venv/bin/python ${what}; else ` +
      `python3 -m venv .venv && .venv/bin/python -m pip install ${what}; fi`;

const testFiles = [
  'requirements-dev.txt',
  'requirements-test.txt',
  'dev-requirements.txt',
  'test-requirements.txt',
  'requirements/dev.txt',
  'requirements/test.txt',
];
const testGroups = ['test', 'tests', 'testing', 'dev'];

/** Lockfiles and manifests of tools that are not here, and what to do about them. */
const unsupported: readonly [file: string, next: string][] = [
  [
    'poetry.lock',
    'Write a requirements.txt with `poetry export -o requirements.txt`, commit it, and push again',
  ],
  ['uv.lock', 'Write a requirements.txt with `uv export -o requirements.txt`, commit it, and push again'],
  ['pdm.lock', 'Write a requirements.txt with `pdm export -o requirements.txt`, commit it, and push again'],
  [
    'Pipfile.lock',
    'Write a requirements.txt with `pipenv requirements > requirements.txt`, commit it, and push again',
  ],
  [
    'Pipfile',
    'Write a requirements.txt with `pipenv requirements > requirements.txt`, commit it, and push again',
  ],
  ['setup.py', 'Add a requirements.txt that holds a line with a single dot, and push again'],
];

const foreign = async (
  source: SourceTree,
  pyproject: PyProject | undefined,
): Promise<(typeof unsupported)[number] | undefined> => {
  for (const entry of unsupported) if (await source.exists(entry[0])) return entry;
  return pyproject?.poetryOnly
    ? ['the [tool.poetry] table of pyproject.toml', unsupported[0]![1]]
    : undefined;
};

/** `tests` asks for what the tests need as well, if pytest is declared there. */
export const pythonDependencies = async (
  source: SourceTree,
  pyproject: PyProject | undefined,
  settings: BuildSettings,
  tests: boolean,
): Promise<PythonDependencies> => {
  const common = { produces: '.venv', tools: ['python3'] };
  const present: string[] = [];
  for (const file of ['requirements.txt', ...(tests ? testFiles : [])])
    if (await source.exists(file)) present.push(file);
  const ofTests = await readRequirements(
    source,
    present.filter(file => file !== 'requirements.txt'),
  );
  const chosen = present.filter(file => file === 'requirements.txt' || ofTests.names.has('pytest'));
  const found = await foreign(source, pyproject);

  if (chosen.includes('requirements.txt')) {
    const { files, names, local } = await readRequirements(source, chosen);
    const what = chosen.map(file => `-r ${file}`).join(' ');
    return { plan: { ...common, inputs: local ? ['.'] : files, command: command(what) }, names, notes: [] };
  }
  if (settings.install !== undefined) {
    const inputs: string[] = [];
    for (const file of ['pyproject.toml', ...unsupported.map(([name]) => name)])
      if (await source.exists(file)) inputs.push(file);
    const names = new Set(
      pyproject ? namesOf([...pyproject.dependencies, ...[...pyproject.groups.values()].flat()]) : [],
    );
    return { plan: { ...common, inputs, command: settings.install }, names, notes: [] };
  }
  const inProject = pyproject && !pyproject.poetryOnly;
  if (found && !(inProject && (pyproject.dependencies.length > 0 || found[0] === 'uv.lock')))
    throw new PlatformError(
      'InstallFailed',
      `Dependencies are in ${found[0]}, which the python builder does not read.`,
      {
        next: `${found[1]}; or set spec.build.install.`,
      },
    );

  const groups = tests ? testGroups.map(name => pyproject?.groups.get(name) ?? []) : [];
  const group = groups.find(entries => namesOf(entries).includes(normalised('pytest'))) ?? [];
  const all = [...(pyproject?.dependencies ?? []), ...group];
  const local = all.some(requirement => /@\s*(?:file:|\.)/.test(requirement));
  return {
    // The command holds all that counts of pyproject.toml, so that another version or description installs nothing.
    plan: { ...common, inputs: local ? ['.'] : [], command: command(all.map(quoted).join(' ')) },
    names: new Set(namesOf(all)),
    notes:
      found?.[0] === 'uv.lock'
        ? [
            'uv.lock is not read: versions are chosen at the first install. `uv export -o requirements.txt` fixes them.',
          ]
        : [],
  };
};
