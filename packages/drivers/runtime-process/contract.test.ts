import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type RuntimeUnderTest, testRuntimeContract } from '@causeway/testkit';
import { processPlace } from './testing/process-place.ts';

testRuntimeContract('runtime-process', { make: processPlace });

/** As in containers that are root's and may not make namespaces. There DATA must lie where everybody may pass. */
const withoutNamespaces = async (): Promise<RuntimeUnderTest> => {
  const place = await processPlace();
  await chmod(dirname(place.data), 0o755);
  return { ...place, open: () => place.open({ isolation: 'user' }) };
};

if (process.getuid?.() === 0)
  testRuntimeContract('runtime-process without namespaces', { make: withoutNamespaces });
