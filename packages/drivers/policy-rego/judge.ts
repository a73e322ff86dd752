import type { PolicyFinding } from '@causeway/contracts';
import type { Answer } from './ask.ts';
import type { RegoRule } from './outline.ts';
import { readFindings } from './read-findings.ts';
import { exceptionName } from './rule-shapes.ts';

/** The names that exceptions give: conftest’s are sets of lists of names. */
const namesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.flat() : []);

const key = (packagePath: string, name: unknown): string => `${packagePath} ${name}`;

/** What the rules found, without what the modules themselves except; and what was looked at, a line each. Throws `NotUnderstood`. */
export const judge = (
  rules: readonly RegoRule[],
  { results, prints, notes }: Answer,
): { readonly findings: readonly PolicyFinding[]; readonly trace: readonly string[] } => {
  const excepted = new Set(
    rules.flatMap((rule, index) =>
      rule.role === 'exception' ? namesOf(results[index]?.value).map(name => key(rule.package, name)) : [],
    ),
  );
  const findings: PolicyFinding[] = [];
  const trace = [...prints, ...notes];
  for (const [index, { name, role, package: packagePath, path }] of rules.entries()) {
    if (role !== 'deny' && role !== 'warn') continue;
    const found = readFindings(results[index]?.value, { rule: name, level: role, path });
    const isExcepted = found.length > 0 && excepted.has(key(packagePath, exceptionName(name)));
    trace.push(`${path}: ${found.length} found${isExcepted ? ', excepted by the policy itself' : ''}`);
    if (!isExcepted) findings.push(...found);
  }
  return { findings, trace };
};
