import type { Command } from 'commander';
import type { Lazy } from './lazy-command.ts';

/** From one standing environment to the next: `platform promote`, and `platform env promote`, which is the same. */
export const addPromote = (parent: Command, lazy: Lazy): void => {
  parent
    .command('promote')
    .description('serve the same release in the next environment; done again by somebody else, approve that')
    .argument('<name>', 'the service')
    .requiredOption('--to <environment>', 'the standing environment that is to serve it')
    .option('--from <environment>', 'where it serves now; default: the environment before')
    .option('--release <release>', 'a release or its sequence; default: what serves there')
    .option('--approve', 'only approve what somebody else asked for')
    .option('--wait', 'wait for closed gates, too')
    .option('--no-wait', 'return when it is recorded')
    .option('--timeout <duration>', 'how long to wait', '10m')
    .action(lazy(() => import('../commands/promote.ts')));
};
