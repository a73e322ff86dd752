import type { Command } from 'commander';
import type { Lazy } from './lazy-command.ts';
import { addPromote } from './promote-command.ts';

/** From a commit to traffic, and back. */
export const addDeliveryCommands = (program: Command, lazy: Lazy): void => {
  const follow = (command: Command): Command =>
    command
      .option('--no-wait', 'return when it is recorded')
      .option('--timeout <duration>', 'how long to wait', '10m');
  follow(program.command('deploy'))
    .description('build and release again: the newest push, or what REF names')
    .argument('<name>', 'the service')
    .argument('[ref]', 'a branch, tag or commit, or an ancestor: main~1')
    .action(lazy(() => import('../commands/deploy.ts')));
  follow(program.command('rollback'))
    .description('serve an older release again; it holds until a newer push')
    .argument('<name>', 'the service')
    .option('--to <release>', 'a release or its sequence; default: the one before')
    .option('-e, --environment <environment>', 'a standing environment; default: production')
    .action(lazy(() => import('../commands/rollback.ts')));
  addPromote(program, lazy);
  program
    .command('logs')
    .description('print what a service prints, or printed: of its replicas, of one release, of a build')
    .argument('<name>', 'the service, build/NAME or replica/NAME')
    .option('-e, --environment <environment>', 'of this environment; default: production')
    .option('-f, --follow', 'go on as lines arrive')
    .option('--process <process>', 'only this process: web, worker')
    .option('--release <release>', 'of this release or sequence, though it failed or was replaced')
    .option('--previous', 'of the newest release that does not serve')
    .option('--build', 'of the newest build, or with --release of that one’s')
    .option('--tail <lines>', 'only the last lines')
    .action(lazy(() => import('../commands/logs.ts')));
  program
    .command('builds')
    .description('list the builds of a service')
    .argument('<name>', 'the service')
    .action(lazy(() => import('../commands/builds.ts')));
  program
    .command('releases')
    .description('list the releases of a service that are kept, and which one serves')
    .argument('<name>', 'the service')
    .action(lazy(() => import('../commands/releases.ts')));
  follow(program.command('set'))
    .description('set environment variables of a service; not for secrets')
    .argument('<name>', 'the service')
    .argument('<VAR=value...>', 'names with their values')
    .option('-e, --environment <environment>', 'only there')
    .option('--dry-run', 'check it and change nothing')
    .action(lazy(() => import('../commands/set.ts')));
  follow(program.command('unset'))
    .description('remove environment variables of a service')
    .argument('<name>', 'the service')
    .argument('<VAR...>', 'names')
    .option('-e, --environment <environment>', 'only the value for there')
    .option('--dry-run', 'check it and change nothing')
    .action(lazy(() => import('../commands/unset.ts')));
  program
    .command('insights')
    .description('print lead time, time to first traffic and failure rates')
    .argument('[name]', 'one service')
    .option('--since <time>', 'from then on: a date, or 7d')
    .action(lazy(() => import('../commands/insights.ts')));
  program
    .command('open')
    .description('open a service in the browser, or without a name the portal')
    .argument('[name]', 'the service')
    .action(lazy(() => import('../commands/open.ts')));
};
