import { createServer } from 'node:http';
import { handle } from './handle.js';

const port = Number(process.env.PORT ?? 3000);

const server = createServer((request, response) => {
  const started = performance.now();
  response.on('finish', () => {
    const { method, url } = request;
    const ms = Math.round(performance.now() - started);
    console.log(JSON.stringify({ at: new Date().toISOString(), method, path: url?.split('?')[0], status: response.statusCode, ms }));
  });
  handle(request, response);
});

server.listen(port, () => console.log(JSON.stringify({ at: new Date().toISOString(), message: `listening on ${port}` })));

// The platform asks politely before it stops a replica: finish what has begun, then go.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
