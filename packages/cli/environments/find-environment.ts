import type { Client } from '@causeway/client';
import {
  closestNames,
  type Environment,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  isPlatformError,
  type KindDefinition,
  PlatformError,
} from '@causeway/model';

/** What people call an environment: what was asked for, what there is of it, or both. */
export interface FoundEnvironment {
  readonly name: string;
  readonly team: string;
  readonly request: EnvironmentRequest | undefined;
  readonly environment: Environment | undefined;
}

export const subjectOf = ({ request, environment }: FoundEnvironment): EnvironmentRequest | Environment => {
  const found = request ?? environment;
  if (!found) throw new Error('an environment that was found is one of the two');
  return found;
};

const ifThere = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (isPlatformError(error, 'NotFound')) return undefined;
    throw error;
  }
};

const read = <K extends KindDefinition>(
  client: Client,
  kind: K,
  team: string,
  name: string,
  signal: AbortSignal,
) => ifThere(client.resource(kind).get(team, name, signal));

/** The environment of a name. Throws `NotFound` with those there are. */
export const findEnvironment = async (
  client: Client,
  team: string,
  name: string,
  signal: AbortSignal,
): Promise<FoundEnvironment> => {
  const [request, environment] = await Promise.all([
    read(client, EnvironmentRequestKind, team, name, signal),
    read(client, EnvironmentKind, team, name, signal),
  ]);
  if (request || environment) return { name, team, request, environment };
  const all = await Promise.all([
    client.resource(EnvironmentKind).list({ namespace: team, signal }),
    client.resource(EnvironmentRequestKind).list({ namespace: team, signal }),
  ]);
  const names = [...new Set(all.flatMap(({ items }) => items.map(({ metadata }) => metadata.name)))].sort();
  const [near] = closestNames(name, names);
  throw new PlatformError('NotFound', `There is no environment '${name}' in team ${team}.`, {
    evidence: [
      ...(near === undefined ? [] : [`did you mean ${near}?`]),
      ...(names.length > 0 ? [`there are: ${names.join(', ')}`] : []),
    ],
    next: `Ask for it: platform env request ${name} --service SERVICE; those of other teams: platform env list -A`,
  });
};

/** That the environment has ended, for whoever wants something of it. */
const goneError = ({ name, request }: FoundEnvironment): PlatformError => {
  const expired = request?.status?.gone?.reason === 'Expired';
  return new PlatformError(
    'NotFound',
    `The environment '${name}' is gone: ${expired ? 'its time was over' : 'it was deleted'}.`,
    {
      next: `To have it again: platform env recreate ${name}`,
    },
  );
};

const notYetError = ({ name, request }: FoundEnvironment): PlatformError => {
  const ready = request?.status?.conditions?.find(({ type }) => type === 'Ready');
  return new PlatformError('Conflict', `The environment '${name}' has not been made yet.`, {
    evidence: ready ? [ready.message] : [],
    next: `See what it waits for: platform env describe ${name}`,
  });
};

/** Does something with what there is; says why when there is none. */
export const actOnEnvironment = async (
  client: Client,
  team: string,
  name: string,
  action: string,
  body: object,
  signal: AbortSignal,
): Promise<Environment> => {
  try {
    return (await client.action(EnvironmentKind, team, name, action, body)) as Environment;
  } catch (error) {
    if (!isPlatformError(error, 'NotFound')) throw error;
    const found = await findEnvironment(client, team, name, signal);
    if (found.environment) throw error;
    throw found.request?.status?.gone ? goneError(found) : notYetError(found);
  }
};
