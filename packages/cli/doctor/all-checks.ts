import type { Check } from './check.ts';
import { access } from './checks/access.ts';
import { certificates } from './checks/certificates.ts';
import { dataFolder } from './checks/data-folder.ts';
import { disk } from './checks/disk.ts';
import { drift } from './checks/drift.ts';
import { git } from './checks/git.ts';
import { gitAccess } from './checks/git-access.ts';
import { health } from './checks/health.ts';
import { isolation } from './checks/isolation.ts';
import { languages } from './checks/languages.ts';
import { logs } from './checks/logs.ts';
import { metrics } from './checks/metrics.ts';
import { nodeVersion } from './checks/node-version.ts';
import { ports } from './checks/ports.ts';
import { processes } from './checks/processes.ts';
import { resolver } from './checks/resolver.ts';
import { services } from './checks/services.ts';
import { slowDeploys } from './checks/slow-deploys.ts';

/** The machine first, then the platform, then what it runs. */
export const allChecks: readonly Check[] = [
  nodeVersion,
  git,
  gitAccess,
  languages,
  isolation,
  resolver,
  disk,
  dataFolder,
  certificates,
  ports,
  processes,
  health,
  access,
  services,
  drift,
  slowDeploys,
  logs,
  metrics,
];
