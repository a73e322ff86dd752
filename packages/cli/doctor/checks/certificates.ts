import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, ok, problem, skipped, warning } from '../check.ts';

const dayMs = 86_400_000;

export const certificates: Check = {
  name: 'certificates',
  async run({ data }) {
    const path = join(data, 'keys', 'server.crt');
    const content = await readFile(path).catch(() => undefined);
    if (!content) return skipped('There are none yet; `platform up` makes them.');
    const days = Math.floor((Date.parse(new X509Certificate(content).validTo) - Date.now()) / dayMs);
    const fix = 'Restart the platform, which renews it: platform down, then platform up.';
    if (days < 0) return problem('The certificate of the API has ended: kubectl refuses it.', fix, [path]);
    return days < 7
      ? warning(`The certificate of the API ends in ${days} days.`, fix)
      : ok(`The certificate of the API is good for ${days} days.`);
  },
};
