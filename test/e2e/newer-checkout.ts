import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from './harness.ts';

export const newerVersion = '99.0.0';
/** A field of teams that only the newer version knows. */
export const newerField = 'motto';

const edit = async (file: string, from: string, to: string): Promise<void> => {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(
    file,
    text.replace(from, () => to),
  );
};

/** This code as its next version could be: a schema that has grown, a kind with one more field. */
export const newerCheckout = async (folder: string): Promise<void> => {
  await mkdir(folder);
  await Promise.all(
    ['package.json', 'packages', 'golden-paths', 'policies'].map(name =>
      cp(join(root, name), join(folder, name), {
        recursive: true,
        filter: from => basename(from) !== 'node_modules',
      }),
    ),
  );
  for (const packages of ['node_modules', 'packages/cli/node_modules'])
    await symlink(join(root, packages), join(folder, packages));
  await edit(
    join(folder, 'packages/server/package.json'),
    '"version": "',
    `"version": "${newerVersion}", "was": "`,
  );
  await edit(
    join(folder, 'packages/engine/sql/schema.ts'),
    '\n];',
    "\n  { compatibleFrom: 2, statements: 'ALTER TABLE history ADD COLUMN of_newer text' },\n];",
  );
  await edit(
    join(folder, 'packages/model/catalog/team.ts'),
    'spec: z.object({',
    `spec: z.object({\n    ${newerField}: z.string().optional().meta({ description: 'Its motto.' }),`,
  );
};
