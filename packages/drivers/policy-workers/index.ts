export { createPolicyEngine, type PolicyEngineOptions } from './create-policy-engine.ts';
