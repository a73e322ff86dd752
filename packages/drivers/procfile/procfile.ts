import { PlatformError } from '@causeway/model';

export interface Procfile {
  /** Process type → command line, in the file's order. */
  readonly processes: Readonly<Record<string, string>>;
  readonly release?: string;
}

const entry = /^([A-Za-z0-9_-]+)[ \t]*:[ \t]*(.*)$/;
const mostEntries = 50;
const longestCommand = 4096;

const wrong = (line: number, problem: string, text: string): PlatformError =>
  new PlatformError('BuildFailed', `Procfile line ${line}: ${problem}.`, {
    evidence: [text.slice(0, 200)],
    next: `Correct line ${line} of the Procfile (NAME: COMMAND, such as "web: node server.js") and push again.`,
  });

/** `"node server.js"` as a whole in quotes means what stands between them; a shell would look for one program of that name. */
const unquoted = (command: string): string => {
  const match = /^(["'])(.*)\1$/.exec(command);
  return match && !match[2]!.includes(match[1]!) && /\s/.test(match[2]!) ? match[2]!.trim() : command;
};

/** Process types name replicas, which are DNS labels: `Celery_worker` is `celery-worker`. */
const typeOf = (name: string): string => name.toLowerCase().replaceAll('_', '-');

/**
 * Reads a Procfile (https://devcenter.heroku.com/articles/procfile): one `NAME: COMMAND` a line, blank lines and `#` comments
 * between them. `release` is apart, for it does not keep running. Throws `BuildFailed` naming the line.
 */
export const parseProcfile = (text: string): Procfile => {
  const commands = new Map<string, string>();
  const lineOf = new Map<string, number>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim();
    const number = index + 1;
    if (line === '' || line.startsWith('#')) continue;
    const match = entry.exec(line);
    if (!match) throw wrong(number, 'is not NAME: COMMAND', line);
    const name = typeOf(match[1]!);
    const command = unquoted(match[2]!.trim());
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > 40)
      throw wrong(
        number,
        `"${match[1]}" cannot name a process: letters and digits, with - or _ between`,
        line,
      );
    if (command === '' || command.startsWith('#')) throw wrong(number, `"${match[1]}" has no command`, line);
    if (command.includes('\0')) throw wrong(number, 'holds a NUL character', line);
    if (command.length > longestCommand)
      throw wrong(number, `the command is longer than ${longestCommand} characters`, line);
    const before = lineOf.get(name);
    if (before !== undefined) throw wrong(number, `"${match[1]}" was already given in line ${before}`, line);
    if (commands.size === mostEntries)
      throw wrong(number, `there are more than ${mostEntries} processes`, line);
    commands.set(name, command);
    lineOf.set(name, number);
  }
  if (commands.size === 0)
    throw new PlatformError('BuildFailed', 'The Procfile names no process.', {
      next: 'Add a line such as "web: node server.js" to the Procfile, or remove the file, and push again.',
    });
  const release = commands.get('release');
  commands.delete('release');
  return { processes: Object.fromEntries(commands), ...(release === undefined ? {} : { release }) };
};
