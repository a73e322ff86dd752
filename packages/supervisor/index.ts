export { dataFormat, findDataFolder, importMark } from './data/data-folder.ts';
export { deleteFolder } from './data/delete-data.ts';
export { externalDatabase } from './data/external-database.ts';
export { releaseLock, takeLock } from './data/lock.ts';
export { dataPaths, logFile } from './data/paths.ts';
export { type DownOptions, down } from './down.ts';
export { defaultPort, isFree, ownerOf } from './ports.ts';
export { type PlatformStatus, type ProcessStatus, status } from './status.ts';
export { type UpOptions, type UpResult, up } from './up.ts';
