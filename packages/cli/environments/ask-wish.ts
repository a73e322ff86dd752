import { closestNames, isDnsLabel, parseDuration } from '@causeway/model';
import type { Questions } from '../output/ask.ts';
import type { WishOptions } from './wish.ts';

const classifications = ['public', 'internal', 'confidential', 'restricted'];

/** What somebody is asked with: what is there, and what they have said already. */
export interface Known {
  readonly team: string;
  /** The team's services. */
  readonly services: readonly string[];
  readonly name?: string | undefined;
  readonly options: WishOptions;
}

type Check = (answer: string) => string | undefined;

/** Asks until the answer can be taken. */
const askUntil = async (
  questions: Questions,
  question: string,
  otherwise: string | undefined,
  wrong: Check,
): Promise<string> => {
  for (;;) {
    const answer = await questions.ask(question, otherwise);
    const why = wrong(answer);
    if (why === undefined) return answer;
    questions.say(`  ${why}`);
  }
};

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const unknownService =
  (services: readonly string[]): Check =>
  answer => {
    const chosen = words(answer);
    if (chosen.length === 0) return 'Name at least one.';
    const unknown = chosen.find(one => !services.includes(one.split('=', 1)[0] ?? ''));
    if (unknown === undefined) return undefined;
    const [name = ''] = unknown.split('=', 1);
    const near = closestNames(name, services);
    return `There is no service ${name}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`;
  };

const askServices = async (questions: Questions, { team, services }: Known): Promise<string[]> => {
  questions.say(`Services of ${team}: ${services.join(', ')}`);
  const otherwise = services.length <= 3 ? services.join(' ') : undefined;
  const chosen = words(
    await askUntil(questions, 'Which of them are to run in it', otherwise, unknownService(services)),
  );
  const all: string[] = [];
  for (const one of chosen) {
    if (one.includes('=')) {
      all.push(one);
      continue;
    }
    const copies = await askUntil(
      questions,
      `How many copies of ${one} (empty: as in production)`,
      undefined,
      answer => (answer === '' || /^\d{1,3}$/.test(answer) ? undefined : 'Write a number, or nothing.'),
    );
    all.push(copies === '' ? one : `${one}=${copies}`);
  }
  return all;
};

/** Asks for what an environment needs, one thing at a time; what was said already is not asked. */
export const askWish = async (
  questions: Questions,
  known: Known,
): Promise<{ name: string; options: WishOptions }> => {
  const { options } = known;
  const name =
    known.name ??
    (await askUntil(questions, 'What is it called', `${known.services[0] ?? known.team}-test`, answer =>
      isDnsLabel(answer)
        ? undefined
        : 'Take lower-case letters, digits and hyphens, such as payments-staging.',
    ));
  const purpose = options.purpose ?? (await questions.ask('What is it for', 'integration-test'));
  const service = options.service ?? (await askServices(questions, known));
  if (options.lifetime === undefined)
    questions.say('It goes by itself. You are told a day and an hour before, and can extend it.');
  const lifetime =
    options.lifetime ??
    (await askUntil(questions, 'How long do you need it (90m, 3d, 2w)', '7d', answer =>
      (parseDuration(answer) ?? 0) > 0 ? undefined : 'Write a number and m, h, d or w: 90m, 3d, 2w.',
    ));
  const classification =
    options.classification ??
    (await askUntil(
      questions,
      `What data will be in it (${classifications.join(', ')})`,
      'internal',
      answer => (classifications.includes(answer) ? undefined : `Take one of ${classifications.join(', ')}.`),
    ));
  const region = options.region ?? (await questions.ask('In which region (empty: any)'));
  return {
    name,
    options: {
      ...options,
      service,
      lifetime,
      purpose,
      classification,
      ...(region === '' ? {} : { region }),
    },
  };
};
