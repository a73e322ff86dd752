import { closestNames, PlatformError } from '@causeway/model';
import { type FoundEnvironment, findEnvironment, subjectOf } from '../environments/find-environment.ts';
import type { Invocation } from '../invocation.ts';
import { openInBrowser } from '../output/open-in-browser.ts';

/** The address of a service in an environment; of the only one, when none is named. */
const urlIn = (found: FoundEnvironment, service: string | undefined): string => {
  const { name } = found;
  const { phase, urls = {} } = subjectOf(found).status ?? {};
  const all = Object.entries(urls);
  const listed = all.map(([one, url]) => `${one}  ${url}`);
  if (all.length === 0)
    throw new PlatformError(
      'Unavailable',
      `Nothing in '${name}' has an address yet: it is ${phase ?? 'Provisioning'}.`,
      {
        next: `See how it does: platform env describe ${name}`,
      },
    );
  if (service === undefined && all.length > 1)
    throw new PlatformError('Usage', `'${name}' has ${all.length} addresses: say of which service.`, {
      evidence: listed,
      next: `platform env open ${name} ${all[0]?.[0]}`,
    });
  const [, url] = all.find(([one]) => service === undefined || one === service) ?? [];
  if (url !== undefined && /^https?:\/\//.test(url)) return url;
  const near = closestNames(service ?? '', Object.keys(urls));
  throw new PlatformError('NotFound', `${service} has no address in '${name}'.`, {
    evidence: listed,
    next: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Name one of these.',
  });
};

export const run = async (
  invocation: Invocation,
  name: string,
  service: string | undefined,
): Promise<void> => {
  const { output, signal } = invocation;
  const found = await findEnvironment(await invocation.client(), await invocation.team(), name, signal);
  const url = urlIn(found, service);
  if (output.machine) return output.document({ url });
  output.line(url);
  if (output.stdout.isTTY && !(await openInBrowser(url)))
    output.note('No browser could be started here: open the address yourself.');
};
