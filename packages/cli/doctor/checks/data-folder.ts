import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, type Finding, ok, problem, skipped } from '../check.ts';

const secretFolders = ['credentials', 'keys'];
/** Certificates are for everybody to read. */
const open = new Set(['ca.crt', 'server.crt', 'git-credential']);

const readableByOthers = async (data: string): Promise<string[]> => {
  const paths = await Promise.all(
    secretFolders.map(async folder => {
      const names = await readdir(join(data, folder)).catch(() => []);
      return names.filter(name => !open.has(name)).map(name => join(data, folder, name));
    }),
  );
  const found = await Promise.all(
    paths.flat().map(async path => {
      const { mode } = await stat(path);
      return (mode & 0o077) === 0 ? [] : [path];
    }),
  );
  return found.flat();
};

export const dataFolder: Check = {
  name: 'folder',
  async run({ data }) {
    const known = await stat(data).catch(() => undefined);
    if (!known) return skipped(`${data} does not exist yet; \`platform up\` makes it.`);
    const findings: Finding[] = [];
    const user = process.getuid?.();
    const mine = user === undefined || known.uid === user || user === 0;
    const writable = await access(data, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!mine || !writable)
      findings.push(
        problem(
          `${data} belongs to another user or cannot be written.`,
          'Run as that user, or choose another folder with --data.',
          [`owner: uid ${known.uid}, you: uid ${user}`],
        ),
      );
    const exposed = mine ? await readableByOthers(data) : [];
    if (exposed.length > 0)
      findings.push(
        problem(
          'Other users of this machine can read secrets of the platform.',
          `chmod go-rwx ${exposed.join(' ')}`,
          exposed,
        ),
      );
    return findings.length > 0 ? findings : ok(`${data} is yours, and its secrets are closed to others.`);
  },
};
