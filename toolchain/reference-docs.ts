import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { referencePages } from './reference-docs/pages.ts';

// toolchain/reference-docs.ts (`npm run docs`): writes the pages of docs/reference that the code itself says.

const root = path.dirname(import.meta.dirname);
for (const [file, make] of Object.entries(referencePages)) await writeFile(path.join(root, file), make());
