import type { PlatformService } from '@causeway/client';
import type { Invocation } from '../invocation.ts';

/** The end of a command that changed what serves: which release, and where. */
export const printServing = async (
  { output }: Invocation,
  service: PlatformService,
  what: string,
): Promise<void> => {
  if (output.machine) return output.document(service.object);
  output.line(`✔ ${service.release ?? service.name} ${what}`);
  if (service.url) output.line(`  ${service.url}`);
};
