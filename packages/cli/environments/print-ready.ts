import type { Environment, EnvironmentRequest } from '@causeway/model';
import type { Output } from '../output/output.ts';
import { endInWords, timeInWords, tookInWords } from './words.ts';

/** Where its services answer, and until when: a line each. */
export const placeLines = ({ status, spec }: Environment | EnvironmentRequest, now: number): string[] => {
  const urls = Object.entries(status?.urls ?? {});
  const expiresAt = status?.expiresAt;
  const silent = (spec.services ?? []).filter(({ name }) => !status?.urls?.[name]);
  const rows: [string, string][] = [
    ...urls,
    ...silent.map(({ name }): [string, string] => [name, 'has no address: it answers nobody']),
    ...(expiresAt === undefined
      ? []
      : [['Expires', `${endInWords(expiresAt, now)} (${timeInWords(expiresAt)})`] as [string, string]]),
  ];
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
};

/** What came of following an environment, for people. */
export const printReady = (output: Output, subject: Environment | EnvironmentRequest): void => {
  const { metadata, status } = subject;
  const took = status?.readyAfterMs === undefined ? '' : ` (${tookInWords(status.readyAfterMs)})`;
  output.line(
    status?.phase === 'Asleep'
      ? `✔ Environment '${metadata.name}' is there and asleep; the first request wakes it`
      : `✔ Environment '${metadata.name}' is ready${took}`,
  );
  for (const line of placeLines(subject, Date.now())) output.line(line);
};
