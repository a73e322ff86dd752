import type { Command } from 'commander';
import type { Lazy } from './lazy-command.ts';
import { addPromote } from './promote-command.ts';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

const waiting = (command: Command): Command =>
  command
    .option('--no-wait', 'return when it is recorded')
    .option('--timeout <duration>', 'how long to wait', '10m');

const addRequest = (env: Command, lazy: Lazy): void => {
  const request = env
    .command('request')
    .description('ask for an environment that ends by itself, and follow it until it is ready')
    .argument('[name]', 'its name: a DNS label')
    .option('--service <service[=copies]>', 'a service that runs in it; may be repeated', collect)
    .option(
      '--branch <service=branch>',
      'the branch that a service runs; default: what production serves',
      collect,
    )
    .option('--revision <service=commit>', 'the commit or tag that a service runs', collect)
    .option('--change <service=number>', 'the change request whose newest commit a service runs', collect)
    .option('--variable <VAR=value>', 'for all services in it; may be repeated; not for secrets', collect)
    .option('--lifetime <duration>', 'after which it goes by itself: 90m, 14d, 2w')
    .option('--purpose <text>', 'what it is for: integration-test')
    .option('--region <region>', 'where it runs, of what the installation offers')
    .option('--classification <word>', 'of the data in it: public, internal, confidential, restricted')
    .option('--size <size>', 'what each copy may use: small, medium, large')
    .option('-f, --file <file>', 'an EnvironmentRequest in YAML or JSON; - is standard input')
    .option('--interactive', 'ask for everything, write the file, and send it when that is wanted')
    .option('--print', 'write the file to standard output and send nothing')
    .option('--dry-run', 'check it and ask for nothing');
  waiting(request).action(lazy(() => import('../commands/env-request.ts')));
};

const addLife = (env: Command, lazy: Lazy): void => {
  env
    .command('extend')
    .description('let an environment last longer')
    .argument('<name>', 'the environment')
    .requiredOption('--by <duration>', 'by how much: 12h, 7d, 2w')
    .action(lazy(() => import('../commands/env-extend.ts')));
  env
    .command('renew')
    .description('begin the time of an environment anew, from now')
    .argument('<name>', 'the environment')
    .action(lazy(() => import('../commands/env-renew.ts')));
  env
    .command('sleep')
    .description('send an environment to sleep: nothing runs, and the first request wakes it')
    .argument('<name>', 'the environment')
    .action(lazy(() => import('../commands/env-sleep.ts')));
  waiting(env.command('wake'))
    .description('wake an environment')
    .argument('<name>', 'the environment')
    .action(lazy(() => import('../commands/env-wake.ts')));
  waiting(env.command('recreate'))
    .description('have an environment that is gone again')
    .argument('<name>', 'the environment')
    .action(lazy(() => import('../commands/env-recreate.ts')));
  waiting(env.command('retry'))
    .description('try again what failed in an environment: builds, and starts')
    .argument('<name>', 'the environment')
    .action(lazy(() => import('../commands/env-retry.ts')));
  env
    .command('delete')
    .description('delete an environment and all that runs in it')
    .argument('<name>', 'the environment')
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'return before it is gone')
    .option('--dry-run', 'check it and delete nothing')
    .action(lazy(() => import('../commands/env-delete.ts')));
};

/** Environments on request, from the wish to the end. */
export const addEnvironmentCommands = (program: Command, lazy: Lazy): void => {
  const env = program
    .command('env')
    .description(
      'environments on request: request, list, describe, open, extend, sleep, wake, delete, promote',
    );
  addRequest(env, lazy);
  env
    .command('list')
    .description('print environments: how they do, where they answer, when they go')
    .option('-A, --all-teams', 'of all teams you may see')
    .action(lazy(() => import('../commands/env-list.ts')));
  env
    .command('describe')
    .description('show everything about an environment: each service, until when, what was told')
    .argument('<name>', 'the environment')
    .action(lazy(() => import('../commands/env-describe.ts')));
  env
    .command('open')
    .description('open a service of an environment in the browser')
    .argument('<name>', 'the environment')
    .argument('[service]', 'the service, when there are several')
    .action(lazy(() => import('../commands/env-open.ts')));
  addLife(env, lazy);
  addPromote(env, lazy);
};
