/** What a go.mod says (https://go.dev/ref/mod#go-mod-file), as far as a build asks. */
export interface GoModule {
  readonly path: string;
  /** The `go` line: the language version it needs. */
  readonly version?: string;
  /** Packages of `tool` lines (Go 1.24). */
  readonly tools: readonly string[];
  readonly requires: boolean;
}

/** Directives of a go.mod, one entry each, with `verb ( … )` blocks unfolded. */
const directives = function* (text: string): Generator<[verb: string, rest: string]> {
  let block: string | undefined;
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    if (line === '') continue;
    if (block !== undefined) {
      if (line === ')') block = undefined;
      else yield [block, line];
      continue;
    }
    const [, verb = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    if (rest === '(') block = verb;
    else yield [verb, rest];
  }
};

const unquoted = (word: string): string => word.replace(/^(["`])(.*)\1$/, '$2');

export const parseGoModule = (text: string): GoModule => {
  let path = '';
  let version: string | undefined;
  let requires = false;
  const tools: string[] = [];
  for (const [verb, rest] of directives(text)) {
    if (verb === 'module') path = unquoted(rest);
    else if (verb === 'go') version = rest;
    else if (verb === 'tool') tools.push(unquoted(rest));
    else if (verb === 'require') requires = true;
  }
  return { path, tools, requires, ...(version === undefined ? {} : { version }) };
};

/** The name that `go build` gives the program of a package: the last part of its path that is no major version. */
export const programName = (packagePath: string): string => {
  const parts = packagePath.split('/').filter(Boolean);
  const last = parts.at(-1) ?? '';
  const name = /^v\d+$/.test(last) ? (parts.at(-2) ?? '') : last;
  return /^\w[\w.-]*$/.test(name) ? name : 'app';
};
