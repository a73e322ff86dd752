import { BuildKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { listOfService } from '../resources/list-of-service.ts';

export const run = (invocation: Invocation, name: string): Promise<void> =>
  listOfService(invocation, BuildKind, name);
