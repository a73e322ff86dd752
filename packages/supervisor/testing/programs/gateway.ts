import { spawn } from 'node:child_process';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';

// Stands in for the gateway: ready at once; SIGUSR2 puts another process in its place.
const data = process.env.CAUSEWAY_DATA!;
appendFileSync(`${data}/run/seen`, `gateway ${'CAUSEWAY_DATABASE_URL' in process.env}\n`);
const servers = [10, 11].map(above => {
  const server = http.createServer((_, response) => response.end('ok'));
  return server.listen(Number(process.env.CAUSEWAY_PORT) + above, '127.0.0.1');
});
writeFileSync(`${data}/run/gateway.pid.new`, `${process.pid}\n`);
renameSync(`${data}/run/gateway.pid.new`, `${data}/run/gateway.pid`);
process.on('SIGTERM', () => process.exit(0));
process.on('SIGUSR2', () => {
  appendFileSync(`${data}/run/seen`, 'gateway handed over\n');
  for (const server of servers) server.close();
  spawn(process.execPath, [process.env.CAUSEWAY_GATEWAY_MAIN!], { detached: true, stdio: 'inherit' }).unref();
  setTimeout(() => process.exit(0), 300);
});
