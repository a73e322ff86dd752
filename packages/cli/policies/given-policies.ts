import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDnsSubdomain, isPlatformError, PlatformError, type Policy, PolicyKind } from '@causeway/model';
import { type FilePolicy, type PolicyFolder, readPolicies, sourceOf } from '@causeway/policy';
import type { Invocation } from '../invocation.ts';
import { givenApiGroups } from '../validation/given-api-groups.ts';

/** The policies that come with the installation. */
export const shippedPolicies = fileURLToPath(new URL('../../../policies', import.meta.url));

type Asking = Pick<Invocation, 'client' | 'env' | 'options' | 'signal'>;

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** A policy of the platform, as one of a file. */
const servedPolicy = async (invocation: Asking, name: string): Promise<FilePolicy> => {
  const client = await invocation.client();
  const policy: Policy = await client.resource(PolicyKind).get('', name, invocation.signal);
  const source = sourceOf(policy);
  if (!source)
    throw new PlatformError('Unavailable', `The text of the policy ${name} has not come yet.`, {
      next: `See what it waits for: platform describe policy ${name}`,
    });
  return { name, spec: policy.spec, source, testModules: [], file: `policy/${name}`, moduleFiles: {} };
};

/** What a command was told to look at: a folder, one policy of the installation or of the platform, or all of the installation. */
export const givenPolicies = async (invocation: Asking, given: string | undefined): Promise<PolicyFolder> => {
  if (given === undefined) return readPolicies(shippedPolicies);
  if (await isFolder(given)) return readPolicies(given, { apiGroups: await givenApiGroups(invocation) });
  const nowhere = new PlatformError(
    'NotFound',
    `There is neither a folder nor a policy ${given.slice(0, 100)}.`,
    {
      next: 'Name a folder with policies, or one that `platform policy list` shows.',
    },
  );
  if (!isDnsSubdomain(given)) throw nowhere;
  const shipped = (await readPolicies(shippedPolicies)).policies.find(({ name }) => name === given);
  if (shipped) return { policies: [shipped], exceptions: [] };
  try {
    return { policies: [await servedPolicy(invocation, given)], exceptions: [] };
  } catch (error) {
    throw isPlatformError(error, 'NotFound') || isPlatformError(error, 'NotRunning') ? nowhere : error;
  }
};
