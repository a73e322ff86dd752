import type { SourceTree } from '@causeway/contracts';

const isProgramFile = (name: string): boolean =>
  name.endsWith('.go') && !name.endsWith('_test.go') && !/^[_.]/.test(name);

/** The package clause comes before all code; only comments, and build constraints among them, may stand above. */
const isMain = (text: string): boolean =>
  !/^\/\/go:build\s+ignore\b/m.test(text) &&
  /^\s*package\s+main\b/.test(
    text.replace(/^\uFEFF/, '').replace(/^(?:\s*(?:\/\/[^\n]*\n|\/\*[\s\S]*?\*\/))*/, ''),
  );

const holdsMain = async (source: SourceTree, folder: string): Promise<boolean> => {
  for (const name of await source.list(folder)) {
    if (!isProgramFile(name)) continue;
    const text = await source.read(folder === '.' ? name : `${folder}/${name}`);
    if (text !== undefined && isMain(text)) return true;
  }
  return false;
};

/** Folders with a `package main`: the top, or else those in `cmd/`. */
export const mainPackages = async (source: SourceTree): Promise<string[]> => {
  if (await holdsMain(source, '.')) return ['.'];
  const found: string[] = [];
  for (const name of await source.list('cmd'))
    if (name.endsWith('/') && (await holdsMain(source, `cmd/${name.slice(0, -1)}`)))
      found.push(`./cmd/${name.slice(0, -1)}`);
  return found;
};

/** Packages that a `tools.go` imports for their programs: how tools were named before go.mod could. */
export const toolImports = async (source: SourceTree): Promise<string[]> => {
  const text = (await source.read('tools.go')) ?? (await source.read('tools/tools.go')) ?? '';
  return [...text.matchAll(/^\s*(?:import\s+)?_\s+"([^"\s]+)"/gm)].map(match => match[1]!);
};

const mostFolders = 300;

/** Whether a `_test.go` lies anywhere but in `vendor` and `testdata`; looks at a limited number of folders. */
export const hasTests = async (source: SourceTree): Promise<boolean> => {
  const queue = ['.'];
  for (let seen = 0; seen < mostFolders && seen < queue.length; seen++) {
    const folder = queue[seen]!;
    for (const name of await source.list(folder)) {
      if (name.endsWith('_test.go')) return true;
      if (name.endsWith('/') && !/^(?:vendor|testdata|node_modules|[._].*)\/$/.test(name))
        queue.push(folder === '.' ? name.slice(0, -1) : `${folder}/${name.slice(0, -1)}`);
    }
  }
  return false;
};
