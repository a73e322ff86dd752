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
import { parseAssignment } from '../resources/assignments.ts';
import { type ServiceOptions, wishedServices } from './wished-services.ts';

type Spec = NonNullable<NewObjectOf<typeof EnvironmentRequestKind>['spec']>;

/** An EnvironmentRequest as people write it. */
export interface Wish {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Spec;
}

export interface WishOptions extends ServiceOptions {
  readonly variable?: readonly string[];
  readonly lifetime?: string;
  readonly purpose?: string;
  readonly region?: string;
  readonly classification?: string;
  readonly size?: string;
}

const usage = (message: string, next: string): PlatformError => new PlatformError('Usage', message, { next });

const shown = (text: string): string => text.slice(0, 80);

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
  const services = wishedServices(options, file?.spec.services);
  const variables = options.variable?.map(parseAssignment);
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
      ...(services ? { services } : {}),
      ...(variables ? { variables } : {}),
    },
  };
};

/** As a file that goes into a repository. */
export const wishText = async (wish: Wish): Promise<string> => {
  const { stringify } = await import('yaml');
  return stringify(wish);
};
