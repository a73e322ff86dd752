import type { SourceTree } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { parse } from 'smol-toml';
import { normalised, requirementName } from './requirements.ts';

/** What a pyproject.toml says (PEP 621, PEP 735), as far as a build asks. */
export interface PyProject {
  readonly name?: string;
  readonly requiresPython?: string;
  /** PEP 508 requirements that the program runs with. */
  readonly dependencies: readonly string[];
  /** Further groups: optional dependencies and dependency groups by name. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Script name → `module:function`. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Set when another tool's own table holds the dependencies. */
  readonly poetryOnly: boolean;
}

type Table = Readonly<Record<string, unknown>>;
const tableOf = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];

const pathsOf = (groups: Table): [string, string[]][] =>
  Object.entries(groups).map(([name, value]) => [normalised(name), textsOf(value)]);

/** `undefined` without one; `BuildFailed` when it is no TOML. */
export const readPyProject = async (source: SourceTree): Promise<PyProject | undefined> => {
  const text = await source.read('pyproject.toml');
  if (text === undefined) return undefined;
  let document: Table;
  try {
    document = parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const lines = (error as Error).message.trimEnd().split('\n');
    throw new PlatformError('BuildFailed', `pyproject.toml is not valid TOML: ${lines[0]}`, {
      evidence: lines.slice(1).filter(line => line.trim() !== ''),
      next: 'Correct pyproject.toml and push again.',
    });
  }
  const project = tableOf(document.project);
  const scripts = Object.entries(tableOf(project.scripts)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const { name, 'requires-python': requiresPython } = project;
  return {
    dependencies: textsOf(project.dependencies),
    groups: new Map([
      ...pathsOf(tableOf(project['optional-dependencies'])),
      ...pathsOf(tableOf(document['dependency-groups'])),
    ]),
    scripts: Object.fromEntries(scripts),
    poetryOnly: document.project === undefined && tableOf(document.tool).poetry !== undefined,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof requiresPython === 'string' ? { requiresPython } : {}),
  };
};

export const namesOf = (requirements: readonly string[]): string[] =>
  requirements.map(requirementName).filter(name => name !== undefined);
