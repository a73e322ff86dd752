import { ChangeRequestKind } from '@causeway/model';
import { findChange } from '../changes/find-change.ts';
import type { Invocation } from '../invocation.ts';
import type { Paint } from '../output/output.ts';
import { safeLine } from '../output/safe-line.ts';

const paintOf = (line: string): Paint | undefined => {
  if (/^(diff |index |--- |\+\+\+ |rename |similarity |new file |deleted file )/.test(line)) return 'bold';
  if (line.startsWith('@@')) return 'cyan';
  return line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : undefined;
};

export const run = async (invocation: Invocation, word: string): Promise<void> => {
  const { output, signal } = invocation;
  const { client, team, name } = await findChange(invocation, word);
  const lines: string[] = [];
  for await (const line of client.stream(ChangeRequestKind, team, name, 'diff', {}, signal)) {
    if (output.machine) lines.push(line);
    // Into a file or another program it goes as it is; on a terminal nothing in it moves the cursor.
    else if (output.stdout.isTTY) {
      const paint = paintOf(line);
      output.stdout.write(`${paint ? output.paint(paint, safeLine(line)) : safeLine(line)}\n`);
    } else output.stdout.write(`${line}\n`);
  }
  if (output.machine) return output.document({ name, diff: lines.map(line => `${line}\n`).join('') });
};
