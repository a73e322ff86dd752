export { auditChainIn } from './archive/audit-chain.ts';
export type { Manifest, Member } from './archive/manifest.ts';
export { type Exported, type ExportOptions, exportPlatform } from './export/export-platform.ts';
export { type Imported, type ImportOptions, importPlatform } from './import/import-platform.ts';
