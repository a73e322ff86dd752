import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import {
  isDnsLabel,
  isDnsSubdomain,
  type KindDefinition,
  kinds,
  PlatformError,
  servedVersions,
} from '@causeway/model';
import { findKind } from './find-kind.ts';

/** One object as a file says it should be. */
export interface Manifest {
  /** Where it stands, for errors: `service.yaml, document 2`. */
  readonly from: string;
  readonly kind: KindDefinition;
  readonly object: Readonly<Record<string, unknown>> & {
    readonly metadata: { readonly name: string; readonly namespace?: string } & Readonly<
      Record<string, unknown>
    >;
  };
}

const longestBytes = 16 * 1024 * 1024;

const refuse = (from: string, message: string, next: string): PlatformError =>
  new PlatformError('Invalid', `${from}: ${message}`, { next });

const readText = async (file: string, stdin: NodeJS.ReadableStream): Promise<string> => {
  try {
    return file === '-' ? await readAll(stdin) : await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'There is no file' : 'Cannot read';
    throw new PlatformError(code === 'ENOENT' ? 'NotFound' : 'Invalid', `${why} ${file}.`, {
      evidence: [message],
      next: 'Check the path.',
    });
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** No object has such a field, and copying one would do something else than copying. */
const holdsPrototype = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsPrototype));

const kindOf = (from: string, { kind, apiVersion }: Record<string, unknown>): KindDefinition => {
  if (typeof kind !== 'string' || typeof apiVersion !== 'string')
    throw refuse(
      from,
      'apiVersion and kind are missing.',
      'Begin it with `apiVersion: causeway.dev/v1` and `kind: Service`.',
    );
  const found = kinds.find(one => one.kind === kind) ?? findKind(kind);
  // An organisation may have a group of its own: whether it does, the server knows.
  const [group = '', version = ''] = apiVersion.split('/', 2);
  if (!isDnsSubdomain(group) || !/^v\d/.test(version) || !isDnsLabel(version)) return found;
  const versions = servedVersions(found).map(one => one.version);
  if (!versions.includes(version))
    throw refuse(
      from,
      `${kind} has no version ${version}; there is ${versions.join(' and ')}.`,
      `Write \`apiVersion: ${group}/${found.version}\`.`,
    );
  if (group === found.group) return found;
  return { ...found, group, version };
};

const manifestOf = (from: string, value: unknown): Manifest[] => {
  if (value === null || value === undefined) return [];
  if (!isRecord(value))
    throw refuse(from, 'it is not an object.', 'Write one object a document, apart by `---`.');
  if (Array.isArray(value.items) && String(value.kind).endsWith('List'))
    return value.items.flatMap((item, index) => manifestOf(`${from}, item ${index + 1}`, item));
  if (holdsPrototype(value)) throw refuse(from, "a field is called '__proto__'.", 'Remove it.');
  const kind = kindOf(from, value);
  const { metadata } = value;
  if (!isRecord(metadata) || typeof metadata.name !== 'string' || !isDnsSubdomain(metadata.name))
    throw refuse(
      from,
      'metadata.name is missing or is no name.',
      'Use lower-case letters, digits and hyphens.',
    );
  const { namespace } = metadata;
  if (namespace !== undefined && (typeof namespace !== 'string' || !isDnsLabel(namespace)))
    throw refuse(
      from,
      'metadata.namespace is no name of a team.',
      'Use the name of a team, or leave it out for your own.',
    );
  return [{ from, kind, object: value as unknown as Manifest['object'] }];
};

/** All objects of the files, `-` for standard input: YAML documents, JSON, Lists. Throws `Invalid` naming file and document. */
export const readManifests = async (
  files: readonly string[],
  stdin: NodeJS.ReadableStream,
): Promise<Manifest[]> => {
  const { parseAllDocuments } = await import('yaml');
  const manifests: Manifest[] = [];
  for (const file of files) {
    const content = await readText(file, stdin);
    const name = file === '-' ? 'standard input' : file;
    if (content.length > longestBytes) throw refuse(name, 'it is larger than 16 MiB.', 'Split it.');
    const documents = parseAllDocuments(content, { uniqueKeys: true });
    for (const [index, document] of (Array.isArray(documents) ? documents : []).entries()) {
      const from = index > 0 ? `${name}, document ${index + 1}` : name;
      const [wrong] = document.errors;
      if (wrong) throw refuse(from, wrong.message, 'Correct the YAML.');
      manifests.push(...manifestOf(from, document.toJS({ maxAliasCount: 100 })));
    }
  }
  if (manifests.length === 0)
    throw new PlatformError('Usage', `There is no object in ${files.join(', ')}.`, {
      next: 'Give a file that holds some.',
    });
  return manifests;
};
