export * from './builder.ts';
export * from './logs.ts';
export * from './policy.ts';
export * from './runtime.ts';
export * from './source.ts';
