const json = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
};

/** Answers one request. */
export const handle = (request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/healthz') return json(response, 200, { status: 'ok' });
  if (path === '/') return json(response, 200, { service: '{{service}}', release: process.env.CAUSEWAY_RELEASE ?? 'local' });
  return json(response, 404, { error: 'not found', path });
};
