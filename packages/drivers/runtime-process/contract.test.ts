import { testRuntimeContract } from '@causeway/testkit';
import { processPlace } from './testing/process-place.ts';

testRuntimeContract('runtime-process', { make: processPlace });
