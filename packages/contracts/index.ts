export * from './builder.ts';
export * from './change-source.ts';
export * from './forge.ts';
export * from './logs.ts';
export * from './notifier.ts';
export * from './policy.ts';
export * from './runtime.ts';
export * from './source.ts';
