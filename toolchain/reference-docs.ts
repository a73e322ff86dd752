import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commandPage } from './reference-docs/command-page.ts';
import { errorsPage } from './reference-docs/errors-page.ts';
import { kindsPage } from './reference-docs/kinds-page.ts';

// toolchain/reference-docs.ts (`npm run docs`): writes the pages of docs/reference that the code itself says.

const root = path.dirname(import.meta.dirname);

/** Each generated page by its path from the root. */
export const referencePages: Readonly<Record<string, () => string>> = {
  'docs/reference/command.md': commandPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/kinds.md': kindsPage,
};

if (import.meta.main)
  for (const [file, make] of Object.entries(referencePages)) await writeFile(path.join(root, file), make());
