import type { Command } from 'commander';
import type { Lazy } from './lazy-command.ts';

/** Looking after the platform itself: for the owners of the team `platform`. */
export const addAdministrationCommands = (program: Command, lazy: Lazy): void => {
  const admin = program
    .command('admin')
    .description('look after the platform itself: compact, verify, stats');
  admin
    .command('compact')
    .description('forget old history, from which watches resume and lists go on; audit and ledger stay')
    .option('--older-than <duration>', 'what is older, such as 1h', '1h')
    .option('--revision <number>', 'instead: up to this revision')
    .action(lazy(() => import('../commands/admin-compact.ts')));
  admin
    .command('verify')
    .description('check audit chain, revisions, every object, its history, repositories and artifacts')
    .action(lazy(() => import('../commands/admin-verify.ts')));
  admin
    .command('stats')
    .description('print objects by kind, history, audit, database size and connections')
    .action(lazy(() => import('../commands/admin-stats.ts')));
  const audit = program.command('audit').description('who changed what: list, verify');
  audit
    .command('list')
    .description('print audit records, the newest first')
    .option('--since <time>', 'from then on: a date, or 7d')
    .option('--user <user>', 'who did it, or on whose behalf')
    .option('--kind <kind>', 'of objects of this kind')
    .option('--name <name>', 'of objects of this name')
    .option('--limit <number>', 'at most so many', '100')
    .action(lazy(() => import('../commands/audit-list.ts')));
  audit
    .command('verify')
    .description('check the whole chain of audit records: whether one was changed, removed or inserted')
    .option('--archive <file>', 'of an exported platform instead, without any server')
    .action(lazy(() => import('../commands/audit-verify.ts')));
};
