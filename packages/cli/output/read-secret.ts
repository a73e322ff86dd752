import type { Asking } from './confirm.ts';

/** Enter, and Ctrl-C and Ctrl-D, which arrive as characters in raw mode. */
const ends = '\r\n\u0003\u0004';

/** Asks for a secret on the terminal without showing it. */
export const readSecret = ({ stdin, stderr, signal }: Asking, question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let typed = '';
    const end = (settle: () => void): void => {
      stdin.removeListener('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      settle();
    };
    const take = (character: string): boolean => {
      if (character === '\u0003' || character === '\u0004') end(() => reject(new Error('interrupted')));
      else if (character === '\r' || character === '\n') end(() => resolve(typed));
      else typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      return !ends.includes(character);
    };
    const onData = (data: Buffer): void => {
      for (const character of data.toString('utf8')) if (!take(character)) break;
    };
    if (signal.aborted) return reject(signal.reason);
    stderr.write(question);
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on('data', onData);
  });
