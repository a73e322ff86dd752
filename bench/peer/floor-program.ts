import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * The least that a server in one Node.js process can do: TLS and HTTP, the body read as JSON, one answer as JSON. It checks
 * nothing, stores nothing and tells nobody. Started with the folder of the certificates and a port.
 */
const [folder = '', port = ''] = process.argv.slice(2);
const read = (name: string) => readFileSync(join(folder, name));
const server = createServer(
  { key: read('server.key'), cert: read('server.crt') },
  async (request, response) => {
    const body = request.method === 'GET' ? '{}' : await text(request);
    const answer = Buffer.from(JSON.stringify(JSON.parse(body)));
    response
      .writeHead(request.method === 'POST' ? 201 : 200, {
        'content-type': 'application/json',
        'content-length': answer.length,
      })
      .end(answer);
  },
);
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
process.send?.('listening');
