import {
  apiVersionOf,
  closestNames,
  dnsLabelRule,
  EnvironmentRequestKind,
  environmentSizes,
  isDnsLabel,
  type NewObjectOf,
  PlatformError,
  parseDuration,
} from '@causeway/model';

type Spec = NonNullable<NewObjectOf<typeof EnvironmentRequestKind>['spec']>;

/** An EnvironmentRequest as people write it. */
export interface Wish {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Spec;
}

export interface WishOptions {
  readonly service?: readonly string[];
  readonly branch?: readonly string[];
  readonly lifetime?: string;
  readonly purpose?: string;
  readonly region?: string;
  readonly classification?: string;
  readonly size?: string;
}

const usage = (message: string, next: string): PlatformError => new PlatformError('Usage', message, { next });

const shown = (text: string): string => text.slice(0, 80);

/** `payments-api`, or `payments-api=2` with how many copies. */
const parseService = (given: string): { name: string; replicas?: number } => {
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

/** `payments-api=feature/x`. */
const parseBranch = (given: string): [string, string] => {
  const at = given.indexOf('=');
  if (at > 0 && at < given.length - 1) return [given.slice(0, at), given.slice(at + 1)];
  throw usage(
    `'${shown(given)}' does not say which service runs which branch.`,
    'Write --branch payments-api=feature/x.',
  );
};

const servicesOf = ({ service = [], branch = [] }: WishOptions): Spec['services'] => {
  const services = service.map(parseService);
  const branches = new Map(branch.map(parseBranch));
  for (const name of branches.keys())
    if (!services.some(one => one.name === name))
      throw usage(
        `--branch names ${shown(name)}, which is not among the services.`,
        `Add --service ${shown(name)}.`,
      );
  return services.map(one => {
    const on = branches.get(one.name);
    return on === undefined ? one : { ...one, branch: on };
  });
};

export const checkedLifetime = (text: string): string => {
  if ((parseDuration(text) ?? 0) > 0) return text;
  throw usage(`'${shown(text)}' is no lifetime.`, 'Write how long it is needed: 90m, 14d, 2w.');
};

const checkedSize = (text: string): (typeof environmentSizes)[number] => {
  const found = environmentSizes.find(one => one === text);
  if (found) return found;
  const [near] = closestNames(text, environmentSizes);
  throw usage(
    `'${shown(text)}' is no size.`,
    near ? `Did you mean ${near}?` : `Take one of ${environmentSizes.join(', ')}.`,
  );
};

/** What the options say of an environment, over what a file says. What exists is the server's to judge. */
export const wishOf = (
  name: string | undefined,
  options: WishOptions,
  team: string | undefined,
  file?: Wish,
): Wish => {
  const chosen = name ?? file?.metadata.name;
  if (chosen === undefined)
    throw usage('The environment needs a name.', 'platform env request NAME --service SERVICE');
  if (!isDnsLabel(chosen))
    throw usage(
      `'${shown(chosen)}' cannot be the name of an environment: it ${dnsLabelRule}.`,
      'Choose a name such as payments-staging.',
    );
  const { lifetime, purpose, region, classification, size } = options;
  const services = servicesOf(options);
  const owner = team === undefined ? {} : { owner: team };
  return {
    ...(file ?? { apiVersion: apiVersionOf(EnvironmentRequestKind), kind: EnvironmentRequestKind.kind }),
    metadata: { ...file?.metadata, name: chosen },
    spec: {
      ...owner,
      ...file?.spec,
      ...(purpose === undefined ? {} : { purpose }),
      ...(lifetime === undefined ? {} : { lifetime: checkedLifetime(lifetime) }),
      ...(region === undefined ? {} : { region }),
      ...(classification === undefined ? {} : { dataClassification: classification }),
      ...(size === undefined ? {} : { size: checkedSize(size) }),
      ...(services && services.length > 0 ? { services } : {}),
    },
  };
};

/** As a file that goes into a repository. */
export const wishText = async (wish: Wish): Promise<string> => {
  const { stringify } = await import('yaml');
  return stringify(wish);
};
