import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Finding, schemaRules } from '@causeway/policy';
import type { Log, ReportingDescriptor, Result } from 'sarif';

/** A relative path as a URI reference; an absolute one as a URL. */
const uriOf = (file: string): string =>
  isAbsolute(file) ? pathToFileURL(file).href : file.split(sep).map(encodeURIComponent).join('/');

const describe = ({ rule, why, documentation }: Finding): ReportingDescriptor => {
  const name = rule.replace(/^schema\//, '');
  const short = schemaRules[name as keyof typeof schemaRules] ?? why ?? 'The text can be read';
  return {
    id: rule,
    shortDescription: { text: short },
    ...(why === undefined ? {} : { fullDescription: { text: why } }),
    ...(documentation === undefined ? {} : { helpUri: documentation }),
  };
};

const resultOf = (
  { file, line, column, level, rule, message, instead, snippet, exception }: Finding,
  ruleIndex: number,
): Result => ({
  ruleId: rule,
  ruleIndex,
  level,
  message: { text: `${message}\n${instead}` },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: uriOf(file) },
        region: { startLine: line, startColumn: column, snippet: { text: snippet } },
      },
    },
  ],
  ...(exception === undefined
    ? {}
    : {
        suppressions: [
          { kind: 'external', status: 'accepted', justification: `Exception ${exception}` } as const,
        ],
      }),
});

/** A log of SARIF 2.1.0 (OASIS): code scanners and forges show it beside the lines. */
export const sarifLog = (findings: readonly Finding[], version: string): Log => {
  const rules = [...new Map(findings.map(finding => [finding.rule, describe(finding)])).values()];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'causeway', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(finding =>
          resultOf(
            finding,
            rules.findIndex(({ id }) => id === finding.rule),
          ),
        ),
      },
    ],
  };
};
