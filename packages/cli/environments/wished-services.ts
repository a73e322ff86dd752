import { dnsLabelRule, type EnvironmentService, isDnsLabel, isFields, PlatformError } from '@causeway/model';

/** What options say of an environment’s services, each as SERVICE=…, and repeated. */
export interface ServiceOptions {
  readonly service?: readonly string[];
  readonly branch?: readonly string[];
  readonly revision?: readonly string[];
  readonly change?: readonly string[];
}

const usage = (message: string, next: string): PlatformError => new PlatformError('Usage', message, { next });

const shown = (text: string): string => text.slice(0, 80);

/** `payments-api`, or `payments-api=2` with how many copies. */
const parseService = (given: string): EnvironmentService => {
  const [name = '', count, ...more] = given.split('=');
  if (!isDnsLabel(name))
    throw usage(
      `'${shown(name)}' is no name of a service: it ${dnsLabelRule}.`,
      'Write --service payments-api.',
    );
  if (count === undefined) return { name };
  if (more.length > 0 || !/^\d{1,3}$/.test(count))
    throw usage(
      `'${shown(given)}' does not say how many copies.`,
      `Write --service ${name}=2, or --service ${name}.`,
    );
  return { name, replicas: Number(count) };
};

const examples = { branch: 'feature/x', revision: '4f2a91c', change: '12' } as const;
type What = keyof typeof examples;

/** What one service runs instead of what production serves. */
const runs = (what: What, value: string): Partial<EnvironmentService> => {
  if (what !== 'change') return { [what]: value };
  if (!/^[1-9]\d{0,8}$/.test(value))
    throw usage(`'${shown(value)}' is no number of a change request.`, 'Write --change payments-api=12.');
  return { changeRequest: Number(value) };
};

/**
 * The services that are named, else those of the file, each with what it runs. `undefined` when nothing is said of them: then what
 * the file has is the server’s to judge.
 */
export const wishedServices = (
  options: ServiceOptions,
  before: unknown,
): EnvironmentService[] | undefined => {
  const { service, branch, revision, change } = options;
  if (!service && !branch && !revision && !change) return undefined;
  const known = Array.isArray(before) ? (before.filter(isFields) as unknown as EnvironmentService[]) : [];
  const services = new Map((service?.map(parseService) ?? known).map(one => [one.name, one]));
  for (const what of Object.keys(examples) as What[])
    for (const given of options[what] ?? []) {
      const [name = '', ...rest] = given.split('=');
      const value = rest.join('=');
      if (value === '')
        throw usage(
          `'${shown(given)}' does not say which service runs which ${what}.`,
          `Write --${what} payments-api=${examples[what]}.`,
        );
      const found = services.get(name);
      if (!found)
        throw usage(
          `--${what} names ${shown(name)}, which is not among the services.`,
          `Add --service ${shown(name)}.`,
        );
      services.set(name, { ...found, ...runs(what, value) });
    }
  return [...services.values()];
};
