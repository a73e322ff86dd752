/**
 * The parts of undici that the data plane needs, by their files. Its own door also loads fetch, WebSocket, caches and
 * mocks: tens of milliseconds at the start and 8 MB. The version is pinned exactly.
 */
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Client } from 'undici/lib/dispatcher/client.js';
