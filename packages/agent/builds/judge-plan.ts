import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@causeway/client';
import type { BuildPlan } from '@causeway/contracts';
import { type Build, isPlatformError, judgedPlanAnnotation, keyOf } from '@causeway/model';

/** Asks what policies say of a plan. Lines are what they advise. Throws `PolicyDenied`. */
export type JudgePlan = (build: Build, plan: BuildPlan, signal: AbortSignal) => Promise<readonly string[]>;

/** A server that restarts is back in a second; without a verdict nothing runs. */
const pausesMs = [200, 500, 1000, 2000, 5000, 10_000, 20_000];

/** Asks the server, but only for builds that say so: of most nobody wants to know. */
export const judgePlanBy =
  (client: Pick<Client, 'request'>): JudgePlan =>
  async (build, plan, signal) => {
    if (build.metadata.annotations?.[judgedPlanAnnotation] !== 'true') return [];
    const { namespace, name } = keyOf(build);
    for (const pauseMs of [...pausesMs, undefined])
      try {
        const said = await client.request('POST', `/api/builds/${namespace}/${name}/plan`, plan, { signal });
        return (said as { warnings: readonly string[] }).warnings;
      } catch (error) {
        if (pauseMs === undefined || !isPlatformError(error, 'Unavailable')) throw error;
        await sleep(pauseMs, undefined, { signal });
      }
    return [];
  };
