import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';

// Stands in for the agent: runs one service, which goes on without it.
const data = process.env.CAUSEWAY_DATA!;
appendFileSync(`${data}/run/seen`, `agent ${'CAUSEWAY_DATABASE_URL' in process.env}\n`);
if (!existsSync(`${data}/workloads/one/pid`)) {
  const service = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  service.unref();
  mkdirSync(`${data}/workloads/one`, { recursive: true });
  writeFileSync(`${data}/workloads/one/pid`, String(service.pid));
}
writeFileSync(`${data}/run/agent.ready`, String(process.pid));
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 1e6);
