import path from 'node:path';

/** Where things lie in DATA, as far as the supervisor has to do with them. */
export const dataPaths = (data: string) => ({
  format: path.join(data, 'format'),
  configuration: path.join(data, 'config.yaml'),
  credentials: path.join(data, 'credentials'),
  postgres: path.join(data, 'postgres'),
  logs: path.join(data, 'logs', 'platform'),
  run: path.join(data, 'run'),
  lock: path.join(data, 'run', 'lock'),
  state: path.join(data, 'run', 'platform.json'),
  gatewayPid: path.join(data, 'run', 'gateway.pid'),
  agentReady: path.join(data, 'run', 'agent.ready'),
  compileCache: path.join(data, 'run', 'compile-cache'),
  versions: path.join(data, 'versions'),
  /** A link to the version that runs. */
  current: path.join(data, 'versions', 'current'),
});

export const logFile = (data: string, name: string): string => path.join(dataPaths(data).logs, `${name}.log`);
