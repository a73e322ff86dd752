/**
 * Which package may import which: the structure of ARCHITECTURE.md as data. Everything not named is refused,
 * `import type` included. Tests may also use the testkit.
 */
export const edges = {
  model: [],
  contracts: ['model'],
  engine: ['model'],
  capabilities: ['model', 'engine', 'contracts'],
  drivers: ['model', 'contracts'],
  git: ['model', 'contracts'],
  api: ['engine', 'model'],
  client: ['model'],
  gateway: ['client', 'model'],
  agent: ['client', 'model', 'contracts', 'drivers'],
  postgres: [],
  supervisor: ['postgres', 'client', 'model'],
  cli: ['client', 'supervisor', 'model'],
  server: [
    'agent',
    'api',
    'capabilities',
    'client',
    'contracts',
    'drivers',
    'engine',
    'gateway',
    'git',
    'model',
    'postgres',
  ],
  testkit: ['model', 'engine', 'postgres', 'client', 'contracts'],
};
