export { type DownOptions, down } from './down.ts';
export { isFree, ownerOf } from './port-owner.ts';
export { type PlatformStatus, type ProcessStatus, status } from './status.ts';
export { defaultPort, type Progress, type UpOptions, type UpResult, up } from './up.ts';
