import type { FolderEntry } from '@causeway/contracts';
import { readDocuments } from '@causeway/policy';
import { type FileMessage, shownPath, wordsOfFault } from './file-words.ts';
import { documentOf, type PlatformDocument } from './platform-document.ts';

/** What the folder of a repository may hold. */
export const platformFileLimits = { files: 1000, bytesOfFile: 256 * 1024, documents: 2000 } as const;

/** All that a folder says. */
export interface PlatformFiles {
  readonly documents: readonly PlatformDocument[];
  /** While there is any, nothing is known of what the files no longer say. */
  readonly problems: readonly FileMessage[];
  /** What is nobody’s. */
  readonly notes: readonly FileMessage[];
}

const isDocumentFile = ({ path }: FolderEntry): boolean => /\.(ya?ml|json)$/i.test(path);

/** Whether the text of an entry is to be read: YAML and JSON that are not too large. */
export const isPlatformFile = (entry: FolderEntry): boolean =>
  entry.type === 'file' && isDocumentFile(entry) && entry.size <= platformFileLimits.bytesOfFile;

/** Whose folder it is. */
export interface PlatformFolder {
  readonly team: string;
  /** The Source that reads it. */
  readonly source: string;
  readonly folder: string;
  /** Further groups that kinds of ours may be written in. */
  readonly apiGroups?: readonly string[] | undefined;
}

/** What is one file’s, document by document. */
const readFile = (entry: FolderEntry, { team, source, apiGroups }: PlatformFolder): PlatformFiles => {
  const path = shownPath(entry.path);
  const none = { documents: [], problems: [], notes: [] };
  const problem = (message: string) => ({ ...none, problems: [{ path, message }] });
  const note = (message: string) => ({ ...none, notes: [{ path, message }] });
  if (entry.type !== 'file')
    return isDocumentFile(entry) || entry.type === 'submodule'
      ? note(`It is a ${entry.type}, not a file, and is not followed: write the file itself here.`)
      : none;
  if (!isDocumentFile(entry)) return none;
  if (entry.size > platformFileLimits.bytesOfFile)
    return problem(
      `It has ${entry.size} bytes; a file may have ${platformFileLimits.bytesOfFile}. Split it.`,
    );
  if (entry.text === undefined) return problem('It is not text in UTF-8. Save it as UTF-8.');
  // Somebody else’s: a program’s own settings may lie in a folder of this name.
  if (!/\bapiVersion\b|\bkind\b/.test(entry.text))
    return entry.text.trim() === ''
      ? none
      : note('It says neither apiVersion nor kind: it is not a file of the platform, and is left alone.');
  const documents: PlatformDocument[] = [];
  const problems: FileMessage[] = [];
  for (const found of readDocuments(entry.path, entry.text, apiGroups)) {
    const faults = found.faults
      .slice(0, 5)
      .map(({ message, line }) => ({ path, line, message: wordsOfFault(message) }));
    const read = faults.length > 0 ? { problems: faults } : documentOf(found, path, team, source, apiGroups);
    if ('document' in read) documents.push(read.document);
    else problems.push(...read.problems);
  }
  return { documents, problems, notes: [] };
};

/** Documents that say the same object: the second place is the problem. */
const saidTwice = (documents: readonly PlatformDocument[]): FileMessage[] => {
  const first = new Map<string, PlatformDocument>();
  return documents.flatMap(document => {
    const { kind, name, path, line } = document;
    const id = `${kind.kind}/${name}`;
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, document);
      return [];
    }
    return [
      {
        path,
        line,
        message: `${id} is said here and in ${before.path}:${before.line}. Keep one of the two.`,
      },
    ];
  });
};

/** Reads what lies in the folder of a source, for the team whose repository it is. Pure: whoever calls has read the texts. */
export const readPlatformFiles = (entries: readonly FolderEntry[], about: PlatformFolder): PlatformFiles => {
  const { files, documents: most } = platformFileLimits;
  const ours = entries.filter(isDocumentFile);
  const tooMany = (what: string): PlatformFiles => ({
    documents: [],
    problems: [{ path: about.folder, message: `It holds ${what}. Put the rest into another repository.` }],
    notes: [],
  });
  if (ours.length > files) return tooMany(`${ours.length} files of YAML and JSON; at most ${files} are read`);
  const read = entries.map(entry => readFile(entry, about));
  const documents = read.flatMap(one => one.documents);
  if (documents.length > most) return tooMany(`${documents.length} documents; at most ${most} are read`);
  return {
    documents,
    problems: [...read.flatMap(one => one.problems), ...saidTwice(documents)],
    notes: read.flatMap(one => one.notes),
  };
};
