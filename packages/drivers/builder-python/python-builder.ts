import type { Builder, BuildPlan, SourceTree } from '@causeway/contracts';
import { readPyProject } from './pyproject.ts';
import { pythonDependencies } from './python-dependencies.ts';
import { programFiles, pythonStart } from './python-start.ts';

const manifests = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'manage.py'];

const isTestFile = (name: string): boolean => /^(?:test_.*|.*_test)\.py$/.test(name);

/** Tests where pytest looks for them by default: at the top and in tests/ or test/, two levels deep. */
const hasTests = async (source: SourceTree): Promise<boolean> => {
  const folders = ['.', 'tests', 'test'];
  for (const top of ['tests', 'test'])
    for (const name of await source.list(top))
      if (name.endsWith('/')) folders.push(`${top}/${name.slice(0, -1)}`);
  for (const folder of folders) if ((await source.list(folder)).some(isTestFile)) return true;
  return false;
};

export const pythonBuilder: Builder = {
  name: 'python',
  looksFor: [...manifests, 'app.py', 'main.py'],

  async detect(source) {
    for (const file of manifests) if (await source.exists(file)) return file;
    // A lone script beside a package.json is a tool of that package.
    if (await source.exists('package.json')) return undefined;
    for (const file of programFiles) if (await source.exists(file)) return file;
    return undefined;
  },

  async plan(source, settings): Promise<BuildPlan> {
    const pyproject = await readPyProject(source);
    const wanted = settings.test.enabled && settings.test.command === undefined && (await hasTests(source));
    const needed = settings.test.enabled && (wanted || settings.test.command !== undefined);
    const dependencies = await pythonDependencies(source, pyproject, settings, needed);
    const web = await pythonStart(source, pyproject, dependencies.names);
    const hasSrc = (await source.list('src')).length > 0;
    return {
      builder: 'python',
      runtime: pyproject?.requiresPython === undefined ? 'Python 3' : `Python ${pyproject.requiresPython}`,
      dependencies: dependencies.plan,
      tools: ['python3'],
      processes: web === undefined ? {} : { web },
      variables: {
        PATH: '{source}/.venv/bin',
        VIRTUAL_ENV: '{source}/.venv',
        PYTHONUNBUFFERED: '1',
        ...(hasSrc ? { PYTHONPATH: '{source}/src:{source}' } : {}),
      },
      ...(wanted && dependencies.names.has('pytest') ? { test: 'python -m pytest' } : {}),
      ...(dependencies.notes.length > 0 ? { notes: dependencies.notes } : {}),
    };
  },
};
