/** What a rule is for, by its name, as conftest, Gatekeeper and OPA’s tests have it. */
export type RuleRole = 'deny' | 'warn' | 'exception' | 'test' | 'none';

const deciding = /^(?<role>deny|violation|warn)(?:_[a-zA-Z0-9]+)*$/;

export const roleOf = (rule: string): RuleRole => {
  if (rule === 'exception') return 'exception';
  if (rule.startsWith('test_') || rule.startsWith('todo_test_')) return 'test';
  const role = deciding.exec(rule)?.groups?.role;
  if (role === undefined) return 'none';
  return role === 'warn' ? 'warn' : 'deny';
};

/** How an exception names a rule: `deny_privileged` is `privileged`, plain `deny` the empty name. */
export const exceptionName = (rule: string): string => rule.replace(/^(deny|violation|warn)_?/, '');

/** `data.k8s["pod-rules"].deny`. */
export const pathOf = (...parts: readonly string[]): string =>
  ['data', ...parts].reduce((path, part) =>
    /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(part) ? `${path}.${part}` : `${path}[${JSON.stringify(part)}]`,
  );
