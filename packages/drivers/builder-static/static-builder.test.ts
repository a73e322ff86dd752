import { testGoldenPlans } from '../builder-testing/golden-plans.ts';
import { staticBuilder } from './static-builder.ts';

testGoldenPlans(new URL('./fixtures/', import.meta.url), async (source, settings) => ({
  because: await staticBuilder.detect(source),
  plan: await staticBuilder.plan(source, settings),
}));
