import { type Command, Option } from 'commander';
import type { Lazy } from './lazy-command.ts';

const name = ['<name>', 'the change request: SERVICE.NUMBER'] as const;

const addReading = (change: Command, lazy: Lazy): void => {
  change
    .command('list')
    .description('print change requests that are open, of a team or one service')
    .argument('[service]', 'only of this service')
    .option('-a, --all', 'those that are merged or closed, too')
    .option('-A, --all-teams', 'of all teams you may see')
    .action(lazy(() => import('../commands/change-list.ts')));
  change
    .command('describe')
    .description('show whether it can be merged and why not, its plan, checks, commits and comments')
    .argument(...name)
    .action(lazy(() => import('../commands/change-describe.ts')));
  change
    .command('diff')
    .description('print what it changes, as a unified diff')
    .argument(...name)
    .action(lazy(() => import('../commands/change-diff.ts')));
};

const addActing = (change: Command, lazy: Lazy): void => {
  change
    .command('comment')
    .description('say something about it')
    .argument(...name)
    .argument('<text>', 'what, in Markdown')
    .option('--on <file[:line]>', 'the file, and the line, that it is about')
    .action(lazy(() => import('../commands/change-comment.ts')));
  change
    .command('approve')
    .description('approve its newest commit; nobody approves their own')
    .argument(...name)
    .option('--commit <commit>', 'what you have looked at; when the branch is elsewhere, it is refused')
    .option('--comment <text>', 'what to say with it')
    .action(lazy(() => import('../commands/change-approve.ts')));
  change
    .command('merge')
    .description('merge it; what comes of it is built and released as a push of yours')
    .argument(...name)
    .addOption(
      new Option('--method <method>', 'merge: a merge commit; squash: one commit; fast-forward: none')
        .choices(['merge', 'squash', 'fast-forward'])
        .default('merge'),
    )
    .option('--no-wait', 'return when it is merged')
    .option('--timeout <duration>', 'how long to wait until it serves', '10m')
    .action(lazy(() => import('../commands/change-merge.ts')));
  change
    .command('close')
    .description('give it up; its branch stays')
    .argument(...name)
    .action(lazy(() => import('../commands/change-close.ts')));
  change
    .command('reopen')
    .description('take up again what was closed')
    .argument(...name)
    .action(lazy(() => import('../commands/change-reopen.ts')));
};

/** Branches that somebody wants in another. */
export const addChangeCommands = (program: Command, lazy: Lazy): void => {
  const change = program
    .command('change')
    .description('change requests: open, list, describe, diff, comment, approve, merge, close, reopen');
  change
    .command('open')
    .description('ask for a pushed branch to be merged; `git push -o change` does the same')
    .argument('<service>', 'the service')
    .argument('<branch>', 'the branch with the change')
    .option('--title <text>', 'what it does, in a line; default: the first line of its first commit')
    .option('--description <text>', 'why, for who reviews it')
    .option('--target <branch>', 'the branch it is to be merged into; default: the one that is released')
    .action(lazy(() => import('../commands/change-open.ts')));
  addReading(change, lazy);
  addActing(change, lazy);
};
