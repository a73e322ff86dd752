import {
  closestNames,
  durationMs,
  type Environment,
  type EnvironmentRequest,
  type EnvironmentService,
  productionEnvironment,
} from '@causeway/model';
import type { Offer } from '../../settings.ts';

export interface RequestProblem {
  /** `spec.services[1].name` */
  readonly field: string;
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate';
  /** One sentence. */
  readonly message: string;
  /** The nearest right answer. */
  readonly next: string;
}

/** What a request is looked at against. */
export interface Surroundings {
  readonly offer: Offer;
  /** The names of all teams. Only who may write everywhere gets as far as a team that is not there. */
  readonly teams: readonly string[];
  /** The names of the team’s services. */
  readonly services: readonly string[];
  /** All environments of the team. */
  readonly environments: readonly Environment[];
  /** Those of them that are about to be gone. */
  readonly going: readonly string[];
  /** Requests of the team that have no environment yet and will. */
  readonly waiting: readonly string[];
  /** How many environments the team may have. */
  readonly quota: number | undefined;
}

type Wish = Pick<EnvironmentRequest, 'metadata' | 'spec'>;

const listed = (names: readonly string[]): string => names.join(', ');
const said = (text: string): string => text.slice(0, 100);

const ownerProblem = ({ metadata: { namespace = '', name }, spec: { owner } }: Wish): RequestProblem[] => {
  if (owner === undefined || owner === namespace) return [];
  const [near] = closestNames(owner, [namespace]);
  return [
    {
      field: 'spec.owner',
      reason: 'FieldValueInvalid',
      message: `The owner of '${name}' is ${owner}, but it is asked for in ${namespace}.`,
      next: `${near === undefined ? 'Ask' : `Did you mean '${near}'? Otherwise ask`} for it in the owner’s own team: kubectl apply --namespace ${owner}, or platform apply --team ${owner}.`,
    },
  ];
};

const teamProblem = (
  { metadata: { namespace = '' }, spec: { owner } }: Wish,
  { teams }: Surroundings,
): RequestProblem[] => {
  if (teams.includes(namespace)) return [];
  const [near] = closestNames(namespace, teams);
  return [
    {
      field: owner === namespace ? 'spec.owner' : 'metadata.namespace',
      reason: 'FieldValueNotSupported',
      message: `There is no team '${said(namespace)}'.`,
      next: near === undefined ? 'See those that there are: platform get teams' : `Did you mean '${near}'?`,
    },
  ];
};

const serviceProblems = (
  { metadata: { namespace = '' }, spec }: Wish,
  { services: known }: Surroundings,
): RequestProblem[] => {
  const { services = [] } = spec;
  if (services.length === 0)
    return [
      {
        field: 'spec.services',
        reason: 'FieldValueRequired',
        message: 'No service is named, so nothing would run.',
        next:
          known.length > 0
            ? `Name at least one of ${listed(known)}.`
            : `${namespace} has no service yet: platform create service --team ${namespace} --name NAME`,
      },
    ];
  return services.flatMap((service, index) => [
    ...unknownService(service, index, namespace, known),
    ...choiceProblem(service, index),
    ...(services.findIndex(({ name }) => name === service.name) < index
      ? [
          {
            field: `spec.services[${index}].name`,
            reason: 'FieldValueDuplicate' as const,
            message: `The service '${said(service.name)}' is named twice.`,
            next: 'Name each service once.',
          },
        ]
      : []),
  ]);
};

const unknownService = (
  { name }: EnvironmentService,
  index: number,
  team: string,
  known: readonly string[],
): RequestProblem[] => {
  if (known.includes(name)) return [];
  const [near] = closestNames(name, known);
  return [
    {
      field: `spec.services[${index}].name`,
      reason: 'FieldValueNotSupported',
      message: `There is no service '${said(name)}' in ${team}.`,
      next:
        near !== undefined
          ? `Did you mean '${near}'?`
          : known.length > 0
            ? `${team} has: ${listed(known)}.`
            : `${team} has none yet: platform create service --team ${team} --name ${said(name)}`,
    },
  ];
};

const choiceProblem = (
  { name, revision, branch, changeRequest }: EnvironmentService,
  index: number,
): RequestProblem[] =>
  [revision, branch, changeRequest].filter(one => one !== undefined).length < 2
    ? []
    : [
        {
          field: `spec.services[${index}]`,
          reason: 'FieldValueInvalid',
          message: `The service '${said(name)}' says more than one of revision, branch and changeRequest.`,
          next: 'Keep the one that is to run.',
        },
      ];

const regionProblem = (
  { spec: { region } }: Wish,
  { offer: { regions } }: Surroundings,
): RequestProblem[] => {
  if (region === undefined || regions.length === 0 || regions.includes(region)) return [];
  const [near] = closestNames(region, regions);
  return [
    {
      field: 'spec.region',
      reason: 'FieldValueNotSupported',
      message: `The region '${said(region)}' is not offered.`,
      next: `Offered: ${listed(regions)}.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    },
  ];
};

const lifetimeProblem = ({ spec: { lifetime } }: Wish, { offer }: Surroundings): RequestProblem[] => {
  if (lifetime === undefined) return [];
  const ms = durationMs(lifetime);
  if (ms > 0 && ms <= durationMs(offer.longest)) return [];
  return [
    {
      field: 'spec.lifetime',
      reason: 'FieldValueInvalid',
      message:
        ms > 0
          ? `The lifetime ${lifetime} is longer than environments may be here, ${offer.longest}.`
          : `The lifetime ${lifetime} is no time at all.`,
      next: `Ask for at most ${offer.longest}; it can be extended and renewed before it is over.`,
    },
  ];
};

const scheduleProblem = ({ spec: { schedule } }: Wish): RequestProblem[] =>
  schedule === undefined || schedule.sleepAt !== schedule.wakeAt
    ? []
    : [
        {
          field: 'spec.schedule',
          reason: 'FieldValueInvalid',
          message: `It would fall asleep and wake at the same time, ${schedule.sleepAt}.`,
          next: 'Set sleepAt and wakeAt to different times, or leave the schedule out.',
        },
      ];

const notOffered = ({ spec }: Wish): RequestProblem[] =>
  (['databases', 'secrets'] as const)
    .filter(what => (spec[what] ?? []).length > 0)
    .map(what => ({
      field: `spec.${what}`,
      reason: 'FieldValueNotSupported',
      message: `This installation does not offer ${what} to environments yet.`,
      next: `Leave spec.${what} out.`,
    }));

const nameProblem = ({ metadata: { name } }: Wish, { environments }: Surroundings): RequestProblem[] => {
  const there = environments.find(one => one.metadata.name === name);
  // Production is each team’s, also at a moment at which its object is not there: what ends by itself never takes its place.
  if (name !== productionEnvironment && (!there || there.spec.type === 'requested')) return [];
  return [
    {
      field: 'metadata.name',
      reason: 'FieldValueDuplicate',
      message: `There is an environment '${name}' already, and it comes from no request.`,
      next: 'Choose another name.',
    },
  ];
};

const quotaProblem = (
  { metadata: { namespace = '', name } }: Wish,
  { environments, going, waiting, quota }: Surroundings,
): RequestProblem[] => {
  if (quota === undefined || environments.some(one => one.metadata.name === name)) return [];
  const others = waiting.filter(one => one !== name);
  // One that goes leaves room: whoever asks meanwhile waits for that.
  const staying = environments.filter(one => !going.includes(one.metadata.name));
  if (staying.length + others.length < quota) return [];
  const ending = [
    ...staying.filter(({ spec }) => spec.type !== 'standing').map(({ metadata }) => metadata.name),
    ...others,
  ];
  return [
    {
      field: 'metadata.name',
      reason: 'FieldValueInvalid',
      message: `${namespace} may have ${quota} ${quota === 1 ? 'environment' : 'environments'}, and has them.`,
      next:
        ending.length > 0
          ? `Wait for the end of one of ${listed(ending)}, or delete one: platform env delete ${ending[0]} --team ${namespace}. More are given by who runs the platform.`
          : 'Ask who runs the platform for more: spec.quota of the team.',
    },
  ];
};

/** What keeps a request from becoming an environment, and would not become right by waiting. Pure. */
export const requestProblems = (wish: Wish, around: Surroundings): readonly RequestProblem[] => {
  const nowhere = teamProblem(wish, around);
  return [
    ...nameProblem(wish, around),
    ...ownerProblem(wish),
    // What a team has says nothing about one that is not there.
    ...(nowhere.length > 0 ? nowhere : serviceProblems(wish, around)),
    ...regionProblem(wish, around),
    ...lifetimeProblem(wish, around),
    ...scheduleProblem(wish),
    ...notOffered(wish),
    ...quotaProblem(wish, around),
  ];
};
