import { appendFileSync, existsSync } from 'node:fs';
import http from 'node:http';

// Stands in for the server: ready at once, unless DATA/broken exists.
const data = process.env.CAUSEWAY_DATA!;
if (existsSync(`${data}/broken`)) {
  console.error('the configuration is wrong');
  process.exit(1);
}
const { CAUSEWAY_DATABASE_URL, ...rest } = process.env;
appendFileSync(
  `${data}/run/seen`,
  `server ${CAUSEWAY_DATABASE_URL !== undefined} ${'DATABASE_URL' in rest}\n`,
);
http.createServer((_, response) => response.end('ok')).listen(Number(process.env.CAUSEWAY_PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
