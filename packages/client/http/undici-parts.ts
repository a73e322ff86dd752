/**
 * The two parts of undici that every process needs, by their files. Its own door also loads fetch, WebSocket, caches
 * and mocks: 20 ms at the start of each command and 8 MB in each process. The version is pinned exactly.
 */
export { default as request } from 'undici/lib/api/api-request.js';
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
