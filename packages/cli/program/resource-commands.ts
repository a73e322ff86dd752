import type { Command } from 'commander';
import type { Lazy } from './lazy-command.ts';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Everything is a resource: the verbs that work on all kinds. */
export const addResourceCommands = (program: Command, lazy: Lazy): void => {
  const create = program.command('create').description('create a service or a team');
  create
    .command('service')
    .description('create a service: repository, first release, URL')
    .argument('[name]', 'its name: a DNS label')
    .option('--name <name>', 'the name, when it is not given as an argument')
    .option('--template <template>', 'what its repository starts from: http-service, empty', 'http-service')
    .option('-d, --description <text>', 'what it is for, one sentence')
    .option('--no-wait', 'return when it is recorded, before it serves')
    .option('--timeout <duration>', 'how long to wait', '10m')
    .option('--dry-run', 'check it and create nothing')
    .action(lazy(() => import('../commands/create-service.ts')));
  create
    .command('team')
    .description('create a team; you become its owner')
    .argument('[name]', 'its name: a DNS label')
    .option('--name <name>', 'the name, when it is not given as an argument')
    .option('-d, --description <text>', 'what it is for, one sentence')
    .option('--display-name <text>', 'how people call it')
    .option('--type <type>', 'stream-aligned, platform, enabling or complicated-subsystem')
    .option('--member <user[:role]>', 'a member; role is viewer, developer (default) or owner', collect)
    .option('--on-call <who>', 'who is called: a user, a rotation or a URL')
    .option('--cost-center <code>', 'where its costs are booked')
    .option('--dry-run', 'check it and create nothing')
    .action(lazy(() => import('../commands/create-team.ts')));
  program
    .command('get')
    .description('show objects of a kind; without a kind, the kinds')
    .argument('[kind]', 'such as services, builds, releases; singular and short names work, too')
    .argument('[names...]', 'only these objects')
    .option('-A, --all-teams', 'of all teams you may see')
    .option('-l, --selector <selector>', 'by labels: app=x,env in (a,b),!old')
    .option('--field-selector <selector>', 'by fields: status.phase=Failed')
    .action(lazy(() => import('../commands/get.ts')));
  program
    .command('describe')
    .description('show everything about an object: status, causes, related objects, events')
    .argument('<kind>', 'such as service; or KIND/NAME')
    .argument('[name]', 'the object')
    .action(lazy(() => import('../commands/describe.ts')));
  program
    .command('delete')
    .description('delete objects')
    .argument('<kind>', 'such as service; or KIND/NAME')
    .argument('[names...]', 'the objects')
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'return before they are gone')
    .option('--dry-run', 'check it and delete nothing')
    .action(lazy(() => import('../commands/delete.ts')));
  program
    .command('apply')
    .description('create or change objects so that they are as the file says')
    .requiredOption('-f, --file <file>', 'YAML or JSON; - is standard input; may be repeated', collect)
    .option('--dry-run', 'check it and change nothing')
    .action(lazy(() => import('../commands/apply.ts')));
};
