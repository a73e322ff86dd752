import type { PackageJson } from './package-json.ts';

/**
 * The shell line that runs a script of package.json. npm itself hands the line to `sh -c` with node_modules/.bin on PATH, and
 * takes about 150 ms for it; so we do the same without npm, unless the line needs what only npm gives: the scripts before and after,
 * or its variables.
 */
export const scriptLine = ({ scripts }: PackageJson, name: string): string | undefined => {
  const line = Object.hasOwn(scripts, name) ? scripts[name]! : undefined;
  if (line === undefined) return undefined;
  const needsNpm =
    Object.hasOwn(scripts, `pre${name}`) ||
    Object.hasOwn(scripts, `post${name}`) ||
    /npm_|INIT_CWD/.test(line);
  if (!needsNpm) return line;
  return name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`;
};
