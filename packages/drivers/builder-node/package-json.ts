import type { SourceTree } from '@causeway/contracts';
import { PlatformError, parseOutsideJson } from '@causeway/model';

/** The fields of a package.json that a build looks at (https://docs.npmjs.com/cli/configuring-npm/package-json). */
export interface PackageJson {
  readonly main?: string;
  readonly nodeRange?: string;
  /** Only entries whose value is text. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Everything, for what depends on more. */
  readonly all: Readonly<Record<string, unknown>>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].trim() !== '',
    ),
  );

const broken = (problem: string): PlatformError =>
  new PlatformError('BuildFailed', `package.json ${problem}.`, {
    next: 'Correct package.json and push again.',
  });

/** `undefined` without one; `BuildFailed` when it cannot be read as one. */
export const readPackageJson = async (source: SourceTree): Promise<PackageJson | undefined> => {
  const text = await source.read('package.json');
  if (text === undefined) return undefined;
  let all: unknown;
  try {
    all = parseOutsideJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw broken(`is not valid JSON: ${(error as Error).message}`);
  }
  if (!isRecord(all)) throw broken('holds no JSON object');
  const { node } = texts(all.engines);
  return {
    scripts: texts(all.scripts),
    all,
    ...(typeof all.main === 'string' ? { main: all.main } : {}),
    ...(node === undefined ? {} : { nodeRange: node }),
  };
};

/** Names in `dependencies` and its kin; values that are no text are npm's to complain about. */
export const dependenciesOf = ({ all }: PackageJson): Record<string, string> =>
  Object.assign(
    {},
    ...['peerDependencies', 'optionalDependencies', 'devDependencies', 'dependencies'].map(field =>
      isRecord(all[field]) ? all[field] : {},
    ),
  );
