import { Argument, type Command, InvalidArgumentError } from 'commander';
import type { Lazy } from './lazy-command.ts';

const port = (text: string): number => {
  const number = Number(text);
  // The gateway takes the port ten above, its metrics the one after.
  if (/^\d+$/.test(text) && number >= 1 && number <= 65_524) return number;
  throw new InvalidArgumentError('It must be a port between 1 and 65524.');
};

/** The platform on this machine, and who you are to it. */
export const addPlatformCommands = (program: Command, lazy: Lazy): void => {
  program
    .command('up')
    .description('start the platform on this machine')
    .option('--detach', 'return when everything is ready; the platform keeps running')
    .option('--demo', 'also create the sample service hello')
    .option('--port <number>', 'API, portal and git; the gateway is ten above (default: 7070)', port)
    .action(lazy(() => import('../commands/up.ts')));
  program
    .command('down')
    .description('stop the platform and everything it runs')
    .option('--purge', 'also delete its folder with everything in it')
    .option('-y, --yes', 'do not ask')
    .action(lazy(() => import('../commands/down.ts')));
  program
    .command('server')
    .description('run one more server of a platform, and nothing else of it, until it is stopped')
    .option('--port <number>', 'API, portal and git of this server; default: the platform’s', port)
    .action(lazy(() => import('../commands/server.ts')));
  program
    .command('status')
    .description('show whether the platform runs, and where')
    .action(lazy(() => import('../commands/status.ts')));
  program
    .command('doctor')
    .description('look for what is wrong with this machine, the platform and its services')
    .action(lazy(() => import('../commands/doctor.ts')));
  program
    .command('export')
    .description('write the whole platform into one file, while it runs; for backups and moves')
    .argument('<file>', 'a new file, such as causeway.tar.zst')
    .option('--with-artifacts', 'also what builds made, so that services start without a new build')
    .action(lazy(() => import('../commands/export.ts')));
  program
    .command('import')
    .description('make a new platform, in the folder that --data names, of an exported one')
    .argument('<file>', 'what `platform export` wrote')
    .action(lazy(() => import('../commands/import.ts')));
  program
    .command('login')
    .description('sign in to a platform with a token')
    .option('--server <url>', 'its address; default: the platform of this machine')
    .option('--token-stdin', 'read the token from standard input instead of asking for it')
    .option('--ca <file>', 'PEM certificates to trust for it')
    .action(lazy(() => import('../commands/login.ts')));
  program
    .command('logout')
    .description('forget the sign-in; git forgets it, too')
    .action(lazy(() => import('../commands/logout.ts')));
  program
    .command('kubeconfig')
    .description('print a configuration for kubectl')
    .option('--write', 'write it into the platform’s folder instead')
    .action(lazy(() => import('../commands/kubeconfig.ts')));
  program
    .command('version')
    .description('print the versions of the command and the server')
    .action(lazy(() => import('../commands/version.ts')));
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(
      new Argument('<shell>', 'the shell that reads it: bash, zsh or fish').choices(['bash', 'zsh', 'fish']),
    )
    .action(lazy(() => import('../commands/completion.ts')));
};
