import { testGoldenPlans } from '../../drivers/builder-testing/golden-plans.ts';
import { planBuild } from './plan-build.ts';

testGoldenPlans(new URL('./fixtures/', import.meta.url), planBuild);
