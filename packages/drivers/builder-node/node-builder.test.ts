import { testGoldenPlans } from '../builder-testing/golden-plans.ts';
import { nodeBuilder } from './node-builder.ts';

testGoldenPlans(new URL('./fixtures/', import.meta.url), async (source, settings) => ({
  because: await nodeBuilder.detect(source),
  plan: await nodeBuilder.plan(source, settings),
}));
