import type { PolicyEvaluation } from '@causeway/contracts';

/** Nothing more can be asked of this thread: what it was doing has broken its engine. It is to be replaced. */
export class ThreadLost extends Error {
  readonly limit: NonNullable<PolicyEvaluation['error']>['limit'];

  constructor(message: string, limit?: 'steps' | 'time' | 'memory') {
    super(message);
    this.limit = limit;
  }
}
