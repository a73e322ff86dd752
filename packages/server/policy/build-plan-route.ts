import type { PlainRoute } from '@causeway/api';
import { type Capabilities, judgePlan } from '@causeway/capabilities';
import type { BuildPlan } from '@causeway/contracts';
import { BuildKind, isDnsLabel, isDnsSubdomain, isFields, PlatformError, ServiceKind } from '@causeway/model';

const agents = 'system:agent:';

/** Where an agent hands in what it is about to build, when the build says that it is judged. Nobody else does. */
export const buildPlanRoute = (capabilities: Capabilities): PlainRoute => ({
  method: 'POST',
  path: '/api/builds/:team/:name/plan',
  role: 'owner',
  process: agents,
  async handle({ parameters: { team = '', name = '' }, actor, body }) {
    if (!actor.user.startsWith(agents))
      throw new PlatformError('Forbidden', 'only the agent that builds hands in a plan');
    if (!isDnsLabel(team) || !isDnsSubdomain(name))
      throw new PlatformError('BadRequest', 'the address must name a team and a build');
    const plan = await body();
    if (!isFields(plan)) throw new PlatformError('BadRequest', 'the body must be a plan');
    const { store } = capabilities.engine;
    const build = await store.get(BuildKind, { namespace: team, name });
    const service = await store.get(ServiceKind, { namespace: team, name: build.spec.service });
    return judgePlan(capabilities, service, build, plan as unknown as BuildPlan);
  },
});
