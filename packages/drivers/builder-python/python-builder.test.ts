import { testGoldenPlans } from '../builder-testing/golden-plans.ts';
import { pythonBuilder } from './python-builder.ts';

testGoldenPlans(new URL('./fixtures/', import.meta.url), async (source, settings) => ({
  because: await pythonBuilder.detect(source),
  plan: await pythonBuilder.plan(source, settings),
}));
