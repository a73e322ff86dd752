import type { RequestObserver } from '@causeway/api';
import type { PolicyObserver } from '@causeway/capabilities';
import type { EngineObserver } from '@causeway/engine';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { engineMetrics } from './engine-metrics.ts';
import { policyMetrics } from './policy-metrics.ts';
import { requestMetrics } from './request-metrics.ts';

export interface ServerMetrics {
  readonly requests: RequestObserver;
  readonly engine: EngineObserver;
  readonly policies: PolicyObserver;
  /** For whoever has something to add: its metrics are registered here. */
  readonly registry: Registry;
  readonly contentType: string;
  /** Called before each answer, to set gauges. */
  onScrape(refresh: () => Promise<void> | void): void;
  /** All metrics in the Prometheus text format. */
  expose(): Promise<string>;
}

export const createServerMetrics = (version: string): ServerMetrics => {
  const registry = new Registry();
  const refreshing: (() => Promise<void> | void)[] = [];
  // Event-loop delay, garbage collection, CPU and memory, by the names that every Node.js process gives them.
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'causeway_build_info',
    help: '1, with the version that runs.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  return {
    requests: requestMetrics(registry),
    engine: engineMetrics(registry),
    policies: policyMetrics(registry),
    registry,
    contentType: registry.contentType,
    onScrape: refresh => void refreshing.push(refresh),
    async expose() {
      await Promise.all(refreshing.map(refresh => refresh()));
      return registry.metrics();
    },
  };
};
