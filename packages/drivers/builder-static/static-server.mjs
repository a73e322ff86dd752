// Serves a folder over HTTP. The static builder copies this file into the artifact, so it stands alone.
// Usage: PORT=8080 node static-server.mjs FOLDER…  (the first folder with an index.html is served)
import { constants, existsSync } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const text = type => `${type}; charset=utf-8`;
const types = {
  '.html': text('text/html'),
  '.htm': text('text/html'),
  '.css': text('text/css'),
  '.js': text('text/javascript'),
  '.mjs': text('text/javascript'),
  '.txt': text('text/plain'),
  '.md': text('text/markdown'),
  '.csv': text('text/csv'),
  '.xml': text('application/xml'),
  '.json': 'application/json',
  '.map': 'application/json',
  '.jsonld': 'application/ld+json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.gz': 'application/gzip',
  '.atom': 'application/atom+xml',
  '.rss': 'application/rss+xml',
  '.ics': text('text/calendar'),
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.bmp': 'image/bmp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.otf': 'font/otf',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
};

const folders = process.argv.slice(2);
const chosen = folders.find(folder => existsSync(resolve(folder, 'index.html')));
if (chosen === undefined) {
  console.error(
    `No index.html in ${folders.map(folder => resolve(folder)).join(', ') || 'any folder: none was named'}.`,
  );
  process.exit(1);
}
const root = await realpath(chosen);

/** The parts of a request's path, or undefined when it asks for what is never served: dot files, separators in disguise. */
const partsOf = url => {
  try {
    const parts = decodeURIComponent(url.split(/[?#]/, 1)[0]).split('/').filter(Boolean);
    return parts.some(part => (part.startsWith('.') && part !== '.well-known') || /[\\\0]/.test(part))
      ? undefined
      : parts;
  } catch {
    return undefined;
  }
};

/** Opens what lies at the path in the root, links resolved; undefined when there is nothing or it lies outside. */
const openWithin = async parts => {
  try {
    const path = await realpath([root, ...parts].join(sep));
    if (path !== root && !path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    // A link may still lead to a dot file inside the root.
    if (partsOf(encodeURIComponent(path.slice(root.length)).replaceAll('%2F', '/')) === undefined)
      return undefined;
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat({ bigint: true });
    if (stat.isFile() || stat.isDirectory()) return { handle, stat, path };
    await handle.close();
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes(error.code)) throw error;
  }
  return undefined;
};

/** First and last byte of a Range header (RFC 9110, 14.2); undefined means everything, null means not satisfiable. */
const rangeOf = (header, size) => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '')
    return match[2] === '0' || size === 0 ? null : [Math.max(0, size - Number(match[2])), size - 1];
  const first = Number(match[1]);
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== '' && Number(match[2]) < first) return undefined;
  return first >= size ? null : [first, last];
};

const plain = (response, status, message, headers = {}) => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : `${message}\n`);
};

const weakless = tag => tag.trim().replace(/^W\//, '');

const send = async (request, response, { handle, stat, path }, status) => {
  const size = Number(stat.size);
  const etag = `"${stat.size.toString(36)}-${stat.mtimeNs.toString(36)}"`;
  const modified = new Date(Number(stat.mtimeMs)).toUTCString();
  const headers = {
    'content-type': types[extname(path).toLowerCase()] ?? 'application/octet-stream',
    'cache-control': 'public, max-age=0, must-revalidate',
    'x-content-type-options': 'nosniff',
    'last-modified': modified,
    'accept-ranges': 'bytes',
    etag,
  };
  if (status === 200) {
    const match = request.headers['if-none-match'];
    const since = match === undefined ? Date.parse(request.headers['if-modified-since'] ?? '') : Number.NaN;
    if (
      match?.split(',').some(tag => tag.trim() === '*' || weakless(tag) === etag) ||
      since >= Date.parse(modified)
    ) {
      response.writeHead(304, headers).end();
      return;
    }
  }
  const condition = request.headers['if-range'];
  const asked = status === 200 && (condition === undefined || condition === etag || condition === modified);
  const range = asked ? rangeOf(request.headers.range, size) : undefined;
  if (range === null) {
    plain(response, 416, 'Range Not Satisfiable', { 'content-range': `bytes */${size}` });
    return;
  }
  const [first, last] = range ?? [0, size - 1];
  if (range) headers['content-range'] = `bytes ${first}-${last}/${size}`;
  headers['content-length'] = last - first + 1;
  response.writeHead(range ? 206 : status, headers);
  if (request.method === 'HEAD' || size === 0) response.end();
  else await pipeline(handle.createReadStream({ start: first, end: last, autoClose: false }), response);
};

const answer = async (request, response) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    plain(response, 405, 'Method Not Allowed', { allow: 'GET, HEAD' });
    return;
  }
  const parts = partsOf(request.url);
  const slash = request.url.split(/[?#]/, 1)[0].endsWith('/');
  let found = parts && (await openWithin(parts));
  try {
    if (found?.stat.isDirectory()) {
      await found.handle.close();
      found = await openWithin([...parts, 'index.html']);
      if (found?.stat.isFile() && !slash) {
        const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
        plain(response, 301, 'Moved', { location: `/${parts.map(encodeURIComponent).join('/')}/${query}` });
        return;
      }
    } else if (found && slash) {
      await found.handle.close();
      found = undefined;
    }
    if (found?.stat.isFile()) return await send(request, response, found, 200);
    await found?.handle.close();
    found = await openWithin(['404.html']);
    if (found?.stat.isFile()) await send(request, response, found, 404);
    else plain(response, 404, 'Not Found');
  } finally {
    await found?.handle.close().catch(() => {});
  }
};

const server = createServer((request, response) => {
  answer(request, response).catch(error => {
    if (!response.headersSent) plain(response, 500, 'Internal Server Error');
    else response.destroy();
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') console.error(error);
  });
});
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Serving ${root} on http://${address}:${port}`);
});

const stop = () => {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(0), 10_000).unref();
};
process.on('SIGTERM', stop).on('SIGINT', stop);
