import type { PolicyObserver } from '@causeway/capabilities';
import { Counter, Histogram, type Registry } from 'prom-client';
import { durationBuckets } from './duration-buckets.ts';

/** What policies decide. The labels are names of policies, and the platform’s own words. */
export const policyMetrics = (registry: Registry): PolicyObserver => {
  const registers = [registry];
  const decisions = new Counter({
    name: 'causeway_policy_decisions_total',
    help: 'What each policy said, by the place that asked: pass, fail, warn, skip (an exception covers it) or error.',
    labelNames: ['policy', 'place', 'result'],
    registers,
  });
  const refusals = new Counter({
    name: 'causeway_policy_refusals_total',
    help: 'Documents that policies did not let through, by the place that asked.',
    labelNames: ['place'],
    registers,
  });
  const duration = new Histogram({
    name: 'causeway_policy_judgement_duration_seconds',
    help: 'From the question to the verdict of all policies that apply, by the place that asked.',
    labelNames: ['place'],
    buckets: [...durationBuckets],
    registers,
  });
  return {
    judged(place, { allowed, decisions: said }, seconds) {
      for (const { policy, result } of said) decisions.inc({ policy, place, result });
      if (said.length > 0) duration.observe({ place }, seconds);
      if (!allowed) refusals.inc({ place });
    },
  };
};
