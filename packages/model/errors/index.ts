export * from './catalogue.ts';
export * from './platform-error.ts';
