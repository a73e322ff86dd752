import type { Check, Examined, Finding } from './check.ts';

export interface Examination {
  readonly check: string;
  readonly findings: readonly Finding[];
}

const withinMs = 10_000;

const late = (signal: AbortSignal): Promise<Finding> =>
  new Promise(resolve => {
    signal.addEventListener(
      'abort',
      () =>
        resolve({
          state: 'problem',
          message: `This could not be found out within ${withinMs / 1000} s.`,
          fix: 'Try again when the machine is less busy.',
        }),
      { once: true },
    );
  });

const failed = (error: unknown): Finding => ({
  state: 'problem',
  message: 'This could not be found out.',
  evidence: [error instanceof Error ? error.message : String(error)],
});

/** Runs all checks side by side. One that fails or hangs says so and holds up no other. */
export const examine = (
  checks: readonly Check[],
  about: Omit<Examined, 'signal'>,
  stop: AbortSignal,
): Promise<Examination[]> =>
  Promise.all(
    checks.map(async check => {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(withinMs)]);
      const found = await Promise.race([check.run({ ...about, signal }).catch(failed), late(signal)]);
      return { check: check.name, findings: 'state' in found ? [found] : found };
    }),
  );
