import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type FilePolicy, policiesOf } from '../../packages/policy/index.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const folder = path.join(import.meta.dirname, '../../policies');

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

const shippedPolicies = (): readonly FilePolicy[] => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .sort()
    .map(file => ({ path: path.relative(folder, file), text: readFileSync(file, 'utf8') }));
  return policiesOf(files).policies;
};

/** What a parameter is, and the fields of the objects that it holds. */
const described = ({ description = '', items, additionalProperties }: Schema): string => {
  const held = items ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  const fields = Object.entries(held?.properties ?? {}).map(
    ([name, field]) => `${code(name)}: ${field.description}`,
  );
  return [description, ...fields].join(' ');
};

const section = ({ name, spec }: FilePolicy): string[] => {
  const { title, why, instead, action, severity, match, parameters, parametersSchema, documentation } = spec;
  const { properties = {} } = (parametersSchema ?? {}) as Schema;
  const rows = Object.entries(properties).map(([key, schema]) => [
    code(key),
    code(JSON.stringify(parameters[key])),
    described(schema),
  ]);
  return [
    `## ${name}`,
    `${title}.`,
    `**Action.** ${action}, severity ${severity}. Judges ${match.kinds.map(code).join(', ')}.`,
    `**Why.** ${why}`,
    `**Instead.** ${instead}`,
    documentation ? `**More.** <${documentation}>` : '',
    rows.length > 0 ? table(['Parameter', 'Value', 'What it says'], rows) : '',
  ];
};

/** Every policy that is shipped. */
export const policiesPage = (): string => {
  const policies = shippedPolicies();
  return page(
    generatedFrom('policies'),
    '# Policies',
    `These policies are there from the first start. Those that protect others deny; the rest starts in audit, so that one
sees what they would refuse before they refuse anything. Each is an object like any other: \`kubectl get policies\`, \`kubectl
explain policy.spec\`.`,
    `What you decide about one stays when Causeway is upgraded: \`action\`, \`owner\`, \`severity\`, \`match\`, \`parameters\`,
\`onError\` and \`exceptions\`. Its text comes with each release. One that you delete stays away. To have a rule say something else,
give it another name: [Write a policy](../how-to/write-a-policy.md).`,
    table(
      ['Policy', 'Action', 'Severity', 'Asks for'],
      policies.map(({ name, spec }) => [`[${name}](#${name})`, spec.action, spec.severity, spec.title ?? '']),
    ),
    ...policies.flatMap(section),
  );
};
