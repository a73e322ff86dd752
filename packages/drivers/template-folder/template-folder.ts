import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { FileSet } from '@causeway/contracts';
import { isDnsLabel } from '@causeway/model';

/** What a template’s placeholders are filled with: `{{service}}`, `{{team}}`, `{{description}}`. */
export interface TemplateValues {
  readonly service: string;
  readonly team: string;
  readonly description: string;
}

/** Templates kept as folders: `FOLDER/NAME/files/**`. */
export interface TemplateFolder {
  readonly names: readonly string[];
  /** The files with placeholders filled in; `undefined` when there is no such template. */
  files(template: string, values: TemplateValues): Promise<FileSet | undefined>;
}

const fill = (text: string, values: TemplateValues): string =>
  text.replace(/\{\{(service|team|description)\}\}/g, (_, name: keyof TemplateValues) => values[name]);

/** A template cannot hold a `.gitignore` of its own, as git would obey it here: it is kept without its dot. */
const targetPath = (path: string): string => path.replace(/(^|\/)gitignore$/, '$1.gitignore');

/** Opens the folder of golden paths. */
export const openTemplateFolder = async (folder: string): Promise<TemplateFolder> => {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
  return {
    names,
    async files(template, values) {
      if (!isDnsLabel(template) || !names.includes(template)) return undefined;
      const root = join(folder, template, 'files');
      const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      const files = new Map<string, { content: Uint8Array; executable: boolean }>();
      for (const entry of found) {
        if (!entry.isFile()) continue;
        const source = join(entry.parentPath, entry.name);
        const executable = ((await stat(source)).mode & 0o100) !== 0;
        const path = targetPath(relative(root, source).split(sep).join('/'));
        files.set(path, { content: Buffer.from(fill(await readFile(source, 'utf8'), values)), executable });
      }
      return files;
    },
  };
};
