import { testForgeContract } from '@causeway/testkit';
import { githubUnderTest } from './testing/github-under-test.ts';

testForgeContract('GitHub, as it is documented,', githubUnderTest);
