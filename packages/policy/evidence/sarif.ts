import type { EvidenceFinding, Severity } from '@causeway/model';
import type { EvidenceReport } from './evidence-report.ts';
import {
  at,
  given,
  itemsOf,
  listAt,
  malformed,
  numberOf,
  type ReportValue,
  textAt,
  textOf,
} from './report-value.ts';
import { severityOfScore, severityOfWord } from './severity.ts';

/** The rules of a tool and its extensions, by what a result may name them by. SARIF 2.1.0, 3.52. */
interface Rules {
  readonly byId: ReadonlyMap<string, ReportValue>;
  readonly byPlace: readonly (readonly ReportValue[])[];
}

const rulesOf = (tool: ReportValue): Rules => {
  const driver = at(tool, 'driver');
  if (!driver) throw malformed(tool.path, 'it has no driver');
  const byPlace = [driver, ...listAt(tool, 'extensions')].map(part => listAt(part, 'rules'));
  const byId = new Map(
    byPlace.flat().flatMap(rule => {
      const id = textAt(rule, 'id', 200);
      return id === undefined ? [] : [[id, rule] as const];
    }),
  );
  return { byId, byPlace };
};

const ruleOf = (result: ReportValue, rules: Rules): ReportValue | undefined => {
  const reference = at(result, 'rule');
  const part = reference && at(reference, 'toolComponent');
  const extension = part && numberOf(at(part, 'index'));
  const place = numberOf(at(result, 'ruleIndex')) ?? (reference && numberOf(at(reference, 'index')));
  const id = textAt(result, 'ruleId', 200) ?? (reference && textAt(reference, 'id', 200));
  const found =
    place === undefined ? undefined : rules.byPlace[extension === undefined ? 0 : extension + 1]?.[place];
  if (found) return found;
  // `CA1000/1` is a finer name for what the rule CA1000 says (3.27.5).
  return id === undefined ? undefined : (rules.byId.get(id) ?? rules.byId.get(id.split('/')[0] ?? ''));
};

/** GitHub’s `security-severity` says most; then the result’s own level, and its rule’s. */
const severityOf = (result: ReportValue, rule: ReportValue | undefined): Severity => {
  if (textAt(result, 'kind', 50) === 'informational') return 'info';
  for (const one of [result, rule]) {
    const properties = one && at(one, 'properties');
    const score = properties && numberOf(at(properties, 'security-severity'));
    if (score !== undefined) return severityOfScore(score);
  }
  const configuration = rule && at(rule, 'defaultConfiguration');
  const level = textAt(result, 'level', 50) ?? (configuration && textAt(configuration, 'level', 50));
  return severityOfWord(level ?? 'warning');
};

/** A message’s own text, or its rule’s text for its id, with its arguments (3.11). */
const messageOf = (result: ReportValue, rule: ReportValue | undefined): string | undefined => {
  const message = at(result, 'message');
  if (!message) return undefined;
  const strings = rule && at(rule, 'messageStrings');
  const id = textAt(message, 'id', 200);
  const shared = strings && id !== undefined ? at(strings, id) : undefined;
  const text = textAt(message, 'text', 1000) ?? (shared && textAt(shared, 'text', 1000));
  const values = listAt(message, 'arguments').map(one => textOf(one, 300) ?? '');
  return text?.replace(/\{(\d{1,3})\}/g, (all, place: string) => values[Number(place)] ?? all).slice(0, 1000);
};

const locationOf = (result: ReportValue): string | undefined => {
  const [first] = listAt(result, 'locations');
  const physical = first && at(first, 'physicalLocation');
  const artifact = physical && at(physical, 'artifactLocation');
  const file = artifact && textAt(artifact, 'uri', 900);
  const region = physical && at(physical, 'region');
  const line = region && numberOf(at(region, 'startLine'));
  if (file) return line === undefined ? file : `${file}:${line}`;
  const [logical] = first ? listAt(first, 'logicalLocations') : [];
  return logical && (textAt(logical, 'fullyQualifiedName', 1000) ?? textAt(logical, 'name', 1000));
};

/** Whether somebody said that a result does not count (3.27.23). One that is still being talked about does. */
const isSuppressed = (result: ReportValue): boolean => {
  const statuses = listAt(result, 'suppressions').map(one => textAt(one, 'status', 50) ?? 'accepted');
  return statuses.length > 0 && statuses.every(status => status === 'accepted');
};

const helpOf = (rule: ReportValue | undefined): string | undefined => rule && textAt(rule, 'helpUri', 1000);
const nameOf = (rule: ReportValue | undefined): string | undefined => {
  const short = rule && at(rule, 'shortDescription');
  return short && textAt(short, 'text', 1000);
};

const findingOf = (result: ReportValue, rules: Rules): EvidenceFinding => {
  const rule = ruleOf(result, rules);
  const id = textAt(result, 'ruleId', 200) ?? (rule && textAt(rule, 'id', 200)) ?? 'no-rule';
  return {
    id,
    severity: severityOf(result, rule),
    title: messageOf(result, rule) ?? nameOf(rule) ?? id,
    ...given({ location: locationOf(result), url: helpOf(rule) }),
  };
};

export const isSarif = (root: ReportValue): boolean => at(root, 'runs') !== undefined;

/** SARIF 2.1.0 (OASIS): what fails, is open or to be reviewed. */
export const readSarif = (root: ReportValue): EvidenceReport => {
  const version = textAt(root, 'version', 50);
  if (version !== '2.1.0')
    throw malformed('version', `SARIF 2.1.0 is read, and this is ${version ?? 'of no version'}`);
  const tools: string[] = [];
  const findings: EvidenceFinding[] = [];
  let suppressed = 0;
  for (const run of itemsOf(at(root, 'runs'))) {
    const tool = at(run, 'tool');
    if (!tool) throw malformed(run.path, 'it has no tool');
    const rules = rulesOf(tool);
    const driver = at(tool, 'driver');
    const name = driver && textAt(driver, 'name', 100);
    const release = driver && (textAt(driver, 'semanticVersion', 50) ?? textAt(driver, 'version', 50));
    if (name) tools.push(release ? `${name} ${release}` : name);
    for (const result of listAt(run, 'results')) {
      const kind = textAt(result, 'kind', 50);
      if (kind === 'pass' || kind === 'notApplicable' || textAt(result, 'baselineState', 50) === 'absent')
        continue;
      if (isSuppressed(result)) suppressed += 1;
      else findings.push(findingOf(result, rules));
    }
  }
  const names = [...new Set(tools)].join(', ').slice(0, 200);
  return {
    format: 'sarif',
    ...(names ? { tool: names } : {}),
    findings,
    components: [],
    notes: suppressed > 0 ? [`Left out: ${suppressed} suppressed.`] : [],
  };
};
