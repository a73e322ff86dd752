import { type Command, Option } from 'commander';
import type { Lazy } from './lazy-command.ts';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

const addApiGroup = (command: Command): Command =>
  command.option(
    '--api-group <group>',
    'a group that files write our kinds in as well; may be repeated; default: apiGroups of config.yaml, if this machine has a platform',
    collect,
  );

/** What its exit code says. */
export const validateExits = `
Exit codes: 0 nothing is refused (there may be warnings), 5 policies refuse something, 2 a file cannot be read or an
object is not what its kind says.`;

const addValidate = (program: Command, lazy: Lazy): void => {
  const validate = program
    .command('validate')
    .description('check objects in files by schema and policies, without a server')
    .argument('<files...>', 'YAML or JSON; a folder is all it holds; - is standard input')
    .option('--policies <folder>', 'policies to judge by; default: those that come with the platform')
    .option('-e, --environment <environment>', 'where the objects are meant for');
  addApiGroup(validate)
    .addOption(
      new Option('-o, --output <format>', 'how to print what is found').choices([
        'text',
        'json',
        'sarif',
        'github',
      ]),
    )
    .addHelpText('after', validateExits)
    .action(lazy(() => import('../commands/validate.ts')));
};

const addPolicy = (program: Command, lazy: Lazy): void => {
  const policy = program
    .command('policy')
    .description('rules that changes are judged by: list, set, test, explain, replay, bench');
  policy
    .command('list')
    .description('print the policies of the platform and what they would refuse')
    .action(lazy(() => import('../commands/policy-list.ts')));
  policy
    .command('set')
    .description('say what follows when a policy is broken')
    .argument('<name>', 'the policy')
    .addOption(
      new Option('--action <action>', 'audit: it is reported; warn: told as well; deny: refused')
        .choices(['draft', 'audit', 'warn', 'deny'])
        .makeOptionMandatory(),
    )
    .option('-y, --yes', 'do not ask, also not when a draft is to refuse at once')
    .option('--dry-run', 'check it and change nothing')
    .action(lazy(() => import('../commands/policy-set.ts')));
  policy
    .command('test')
    .description('run the golden cases and test_ rules of policies, without a server')
    .argument('[what]', 'a folder, or the name of a policy; default: those that come with the platform')
    .action(lazy(() => import('../commands/policy-test.ts')));
  const explain = policy
    .command('explain')
    .description('show which policies look at an object, and what each says of it')
    .argument('<what>', 'KIND/NAME on the platform; or a file, - for standard input, without a server')
    .option('--policies <folder>', 'for a file: policies to judge by')
    .option('-e, --environment <environment>', 'for a file: where the objects are meant for');
  addApiGroup(explain).action(lazy(() => import('../commands/policy-explain.ts')));
  policy
    .command('replay')
    .description('say what a policy would have decided over what was recorded')
    .argument('<name>', 'the policy')
    .option('--since <time>', 'from then on: a date, or 30d', '30d')
    .option('-f, --file <file>', 'the policy as it would be, with its modules beside it')
    .action(lazy(() => import('../commands/policy-replay.ts')));
  policy
    .command('bench')
    .description('measure how long policies take over their golden cases')
    .argument('[what]', 'a folder, or the name of a policy; default: those that come with the platform')
    .option('--for <duration>', 'how long to measure', '2s')
    .action(lazy(() => import('../commands/policy-bench.ts')));
};

const addException = (program: Command, lazy: Lazy): void => {
  const exception = program
    .command('exception')
    .description('leave to break a policy for a time: request, approve, refuse, list');
  exception
    .command('request')
    .description('ask for an exception; it counts once whoever owns the policy approves it')
    .argument('<policy>', 'the policy')
    .argument('<what>', 'KIND/NAME of what is to be excepted; * at the end of the name stands for any rest')
    .requiredOption('--reason <text>', 'why the policy cannot be kept')
    .requiredOption('--expires <time>', 'when it ends: 30d, or a date')
    .option('--rule <rule>', 'only this rule of the policy')
    .option('--ticket <url>', 'where it is followed up')
    .option('--control <text>', 'what lowers the risk meanwhile')
    .option('--name <name>', 'the name of the exception; default: made of policy and object')
    .option('--dry-run', 'check it and request nothing')
    .action(lazy(() => import('../commands/exception-request.ts')));
  for (const [verb, what] of [
    ['approve', 'approve an exception from a policy that you answer for'],
    ['refuse', 'refuse an exception from a policy that you answer for'],
  ] as const)
    exception
      .command(verb)
      .description(what)
      .argument('<name>', 'the exception: NAME, or TEAM/NAME')
      .option('--comment <text>', 'what to tell who asked')
      .action(
        lazy(() =>
          verb === 'approve'
            ? import('../commands/exception-approve.ts')
            : import('../commands/exception-refuse.ts'),
        ),
      );
  exception
    .command('list')
    .description('print exceptions')
    .option('-A, --all-teams', 'of all teams you may see')
    .option('--mine', 'those that you decide on, of every team; those that wait first')
    .option('--policy <policy>', 'from this policy')
    .action(lazy(() => import('../commands/exception-list.ts')));
};

const addEvidence = (program: Command, lazy: Lazy): void => {
  program
    .command('evidence')
    .description('what was found out about a service elsewhere: submit')
    .command('submit')
    .description('hand in a report about a service, and say how policies judge by it')
    .argument('<file>', 'Trivy JSON, SARIF, AWS Config compliance or CycloneDX; - is standard input')
    .requiredOption('--service <service>', 'what it is about')
    .option('--commit <commit>', 'the commit it is about; default: every one')
    .option('-e, --environment <environment>', 'where to, for a service that is released elsewhere')
    .option('--attributes', 'the file is YAML or JSON of your own, which rules read: reviewers, runbook')
    .option('--no-wait', 'return before policies have judged it')
    .option('--timeout <duration>', 'how long to wait', '1m')
    .action(lazy(() => import('../commands/evidence-submit.ts')));
};

/** Rules that changes are judged by, and leave to break them. */
export const addPolicyCommands = (program: Command, lazy: Lazy): void => {
  addValidate(program, lazy);
  addPolicy(program, lazy);
  program
    .command('decisions')
    .description('print what policies decided, the newest first')
    .option('--policy <policy>', 'by this policy')
    .option('--denied', 'only what was refused')
    .option('--since <time>', 'from then on: a date, or 7d')
    .option('--limit <number>', 'at most so many', '100')
    .action(lazy(() => import('../commands/decisions.ts')));
  addException(program, lazy);
  addEvidence(program, lazy);
};
