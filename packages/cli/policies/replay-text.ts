import type { ReplayChange, ReplayReport } from '@causeway/policy';
import { counted } from '../output/counted.ts';
import type { Output } from '../output/output.ts';
import { printTable } from '../output/print-table.ts';

const changeRows = (what: string, changes: readonly ReplayChange[]): unknown[][] =>
  changes.map(({ team, inputs, example }) => [what, team, inputs, example.object, example.messages[0]]);

/** What would come out otherwise, by team; then the sums. */
export const printReplay = (
  output: Output,
  { policy, since, judged, same, newlyRefused, noLongerRefused, redacted }: ReplayReport,
): void => {
  const rows = [
    ...changeRows('newly refused', newlyRefused),
    ...changeRows('no longer refused', noLongerRefused),
  ];
  if (rows.length > 0) {
    printTable(output, ['What', 'Team', 'Inputs', 'Newest', 'Says'], rows);
    output.line();
  }
  const sum = (changes: readonly ReplayChange[]): number =>
    changes.reduce((total, { inputs }) => total + inputs, 0);
  output.line(
    `${policy}: ${counted(judged, 'input')} since ${since} judged again: ${same} the same, ${sum(newlyRefused)} newly refused, ${sum(noLongerRefused)} no longer refused`,
  );
  if (redacted > 0)
    output.line(
      `${redacted} of them were kept without their secrets, and may come out otherwise for that reason.`,
    );
};
