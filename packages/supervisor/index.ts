export { type DownOptions, down } from './down.ts';
export { defaultPort, isFree, ownerOf } from './ports.ts';
export { type PlatformStatus, type ProcessStatus, status } from './status.ts';
export { type UpOptions, type UpResult, up } from './up.ts';
