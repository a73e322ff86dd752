export type { Manifest, Member } from './archive/manifest.ts';
export { linesOf, readManifest, readMember } from './archive/read-archive.ts';
export { type Exported, type ExportOptions, exportPlatform } from './export/export-platform.ts';
export { tableMember } from './export/stage-database.ts';
export { type Imported, type ImportOptions, importPlatform } from './import/import-platform.ts';
export { openPlatformDatabase } from './platform-database.ts';
