import { basename } from 'node:path/posix';
import type { Policy } from '@causeway/model';
import { completePolicy } from '../judge/judging-policy.ts';
import { filePolicy, sourceOfFiles } from './file-policy.ts';
import type { FilePolicy, FolderFile } from './policy-file.ts';

export const isRegoTest = (path: string): boolean => path.endsWith('_test.rego');

const decides = /^\s*(?:default\s+)?(?:deny|warn|violation)(?:_\w+)?\b/m;
const packageOf = (text: string): string => /^\s*package\s+([\w.]+)/m.exec(text)?.[1] ?? '';

/** Packages that a text speaks of, as `data.lib.kubernetes`. */
const speaksOf = (text: string, name: string): boolean =>
  name !== '' && new RegExp(`\\bdata\\.${name.replaceAll('.', '\\.')}\\b`).test(text);

/** The files that a module needs, itself included: those whose packages it names, and what else its own package has. */
const withLibraries = (file: FolderFile, modules: readonly FolderFile[]): FolderFile[] => {
  const taken = [file];
  for (const one of taken) {
    const own = packageOf(one.text);
    taken.push(
      ...modules.filter(
        other =>
          !taken.includes(other) &&
          (speaksOf(one.text, packageOf(other.text)) ||
            (packageOf(other.text) === own && !decides.test(other.text))),
      ),
    );
  }
  return taken;
};

/** The tests of a module: by their name, or of its package when they are no other’s. */
const testsOf = (file: FolderFile, files: readonly FolderFile[]): FolderFile[] => {
  const testFile = ({ path }: FolderFile): string => path.replace(/\.rego$/, '_test.rego');
  const named = new Set(files.map(testFile));
  return files.filter(
    one =>
      isRegoTest(one.path) &&
      (one.path === testFile(file) ||
        (!named.has(one.path) && packageOf(one.text).replace(/_test$/, '') === packageOf(file.text))),
  );
};

const nameOf = (path: string): string =>
  path
    .replace(/\.rego$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');

/** What a rule says that comes without a Policy, as for conftest: it refuses, and all it can say is its message. */
const looseSpec = (file: string, modules: readonly FolderFile[]): Policy['spec'] =>
  completePolicy({
    title: `Rules of ${basename(file)}`.slice(0, 100),
    why: `A rule in ${file} says so.`,
    instead: 'Change what the message names.',
    owner: 'platform',
    engine: 'rego',
    source: sourceOfFiles(modules),
    action: 'deny',
  });

/**
 * Policies of Rego files that no Policy claims: one of each that decides something, with the files whose packages it uses and
 * the tests of its package.
 */
export const loosePolicies = (files: readonly FolderFile[]): FilePolicy[] => {
  const modules = files.filter(({ path }) => !isRegoTest(path));
  const deciding = modules.filter(({ text }) => decides.test(text));
  const names = deciding.map(({ path }) => basename(path));
  return deciding.map(file => {
    const used = withLibraries(file, modules);
    const alone = names.filter(name => name === basename(file.path)).length === 1;
    return filePolicy(
      nameOf(alone ? basename(file.path) : file.path),
      looseSpec(file.path, used),
      file.path,
      { modules: used, tests: testsOf(file, files) },
    );
  });
};
