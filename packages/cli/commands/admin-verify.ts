import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { safeLine } from '../output/safe-line.ts';

interface Examination {
  readonly check: string;
  readonly examined: number;
  readonly findings: readonly string[];
}

export const run = async (invocation: Invocation): Promise<void> => {
  const { output, signal, exitWith } = invocation;
  const client = await invocation.client();
  const examinations: Examination[] = [];
  for await (const line of client.lines('/api/administration/verification', {}, signal)) {
    const examination = JSON.parse(line) as Examination;
    examinations.push(examination);
    const { check, examined, findings } = examination;
    const good = findings.length === 0;
    const mark = good ? output.paint('green', '✔') : output.paint('red', '✘');
    output.line(
      `${mark} ${check.padEnd(13)}${examined} looked at${good ? '' : `, ${findings.length} wrong`}`,
    );
    for (const finding of findings) output.line(`  ${safeLine(finding)}`);
  }
  if (examinations.some(({ findings }) => findings.length > 0)) exitWith(exitCodes.failed);
  if (output.machine) await output.document(examinations);
};
