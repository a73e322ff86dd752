import { fileURLToPath } from 'node:url';

/** The fixed script that stands beside each workload. */
export const shimFile = fileURLToPath(new URL('./replica-shim.sh', import.meta.url));

/** What the shim and the programs that isolate a workload find their like by; nothing of the platform's own environment. */
export const shimEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};
