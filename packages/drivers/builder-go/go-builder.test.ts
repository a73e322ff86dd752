import { testGoldenPlans } from '../builder-testing/golden-plans.ts';
import { goBuilder } from './go-builder.ts';

testGoldenPlans(new URL('./fixtures/', import.meta.url), async (source, settings) => ({
  because: await goBuilder.detect(source),
  plan: await goBuilder.plan(source, settings),
}));
