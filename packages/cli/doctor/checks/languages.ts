import { type Check, ok, warning } from '../check.ts';
import { runProgram } from '../program.ts';

interface Tool {
  readonly program: string;
  readonly args: readonly string[];
  readonly builds: string;
  readonly get: string;
}

const tools: readonly Tool[] = [
  {
    program: 'npm',
    args: ['--version'],
    builds: 'Node.js services with dependencies',
    get: 'https://nodejs.org, or apt-get install npm',
  },
  {
    program: 'python3',
    args: ['--version'],
    builds: 'Python services',
    get: 'https://www.python.org, or apt-get install python3 python3-venv',
  },
  { program: 'go', args: ['version'], builds: 'Go services', get: 'https://go.dev/dl' },
];

export const languages: Check = {
  name: 'languages',
  run: ({ signal }) =>
    Promise.all(
      tools.map(async ({ program, args, builds, get }) => {
        const { ok: there, stdout, why } = await runProgram(program, args, signal);
        if (!there)
          return warning(
            `${program} is missing: ${builds} cannot be built here.`,
            `Install it if you need it: ${get}.`,
            [why],
          );
        const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? '';
        return ok(`${program} ${version}`.trim());
      }),
    ),
};
