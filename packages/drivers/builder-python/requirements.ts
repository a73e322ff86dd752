import { posix } from 'node:path';
import type { SourceTree } from '@causeway/contracts';

export interface Requirements {
  /** The file and those it includes with `-r` and `-c`, in the order they were met. */
  readonly files: readonly string[];
  /** Names of required packages, normalised. */
  readonly names: ReadonlySet<string>;
  /** Whether something lies in the tree itself (`.`, `-e ./lib`, `file:`): then everything is an input. */
  readonly local: boolean;
}

/** PEP 503: `Flask_SQLAlchemy` and `flask-sqlalchemy` are one name. */
export const normalised = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The package of a PEP 508 requirement such as `uvicorn[standard]>=0.30 ; python_version > "3.8"`. */
export const requirementName = (requirement: string): string | undefined => {
  const match = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:[[(<>=!~;@,\s]|$)/.exec(requirement);
  return match ? normalised(match[1]!) : undefined;
};

const isLocal = (text: string): boolean =>
  /^(?:\.|\/|file:)/.test(text) || /^[\w.-]+\s*@\s*(?:file:|\.)/.test(text);

const mostFiles = 20;

/** Reads requirements files (https://pip.pypa.io/en/stable/reference/requirements-file-format/) and what they include. */
export const readRequirements = async (
  source: SourceTree,
  first: readonly string[],
): Promise<Requirements> => {
  const files: string[] = [];
  const names = new Set<string>();
  let local = false;
  const queue = [...first];
  for (let path = queue.shift(); path !== undefined && files.length < mostFiles; path = queue.shift()) {
    if (files.includes(path)) continue;
    const text = await source.read(path);
    if (text === undefined) continue;
    files.push(path);
    const lines = text
      .replace(/^\uFEFF/, '')
      .replace(/\\\r?\n/g, ' ')
      .split(/\r?\n/);
    for (const raw of lines) {
      const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
      if (line === '') continue;
      const option = /^(-r|--requirement|-c|--constraint|-e|--editable)(?:\s+|=)?(.+)$/.exec(line);
      if (option && /^(?:-r|--requirement|-c|--constraint)$/.test(option[1]!)) {
        if (!/^[a-z]+:\/\//.test(option[2]!)) queue.push(posix.join(posix.dirname(path), option[2]!.trim()));
      } else if (option) local ||= isLocal(option[2]!) || !option[2]!.includes('+');
      else if (isLocal(line)) local = true;
      else if (!line.startsWith('-')) {
        const name = requirementName(line);
        if (name) names.add(name);
      }
    }
  }
  return { files, names, local };
};
