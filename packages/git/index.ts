export * from './http/create-git-http-handler.ts';
export * from './http/token-of.ts';
export * from './ports.ts';
export * from './repositories/check-repository.ts';
export * from './repositories/create-repositories.ts';
export * from './rules/judge-push.ts';
export * from './rules/judge-refs.ts';
export * from './rules/judge-tree.ts';
