import { type Build, BuildKind } from '@causeway/model';
import { runBuilds } from '../run-builds.ts';
import { MemoryPlatform } from './memory-platform.ts';

// An agent as a process, for a test that kills it: DATA folder and one Build, as JSON.
const [, , data = '', build = ''] = process.argv;
const platform = new MemoryPlatform();
platform.add(BuildKind, JSON.parse(build) as Build as never);
await runBuilds({ data, client: platform.client, agentName: 'local', signal: new AbortController().signal });
