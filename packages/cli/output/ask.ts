import { createInterface } from 'node:readline';
import { PlatformError } from '@causeway/model';
import type { Asking } from './confirm.ts';

/** Asks one question after the other; an empty answer is what stands in brackets. */
export interface Questions {
  ask(question: string, otherwise?: string): Promise<string>;
  /** A line that is no question. */
  say(text: string): void;
  close(): void;
}

/** Questions on a terminal, or to whoever writes the answers into standard input, a line each. */
export const createQuestions = ({ stdin, stderr, signal }: Asking): Questions => {
  const terminal = createInterface({
    input: stdin,
    output: stderr as NodeJS.WritableStream,
    terminal: stdin.isTTY === true && stderr.isTTY === true,
  });
  const answers = terminal[Symbol.asyncIterator]();
  const close = () => terminal.close();
  terminal.on('SIGINT', close);
  signal.addEventListener('abort', close, { once: true });
  return {
    async ask(question, otherwise = '') {
      const text = `${question}${otherwise === '' ? '' : ` [${otherwise}]`}: `;
      if (terminal.terminal) {
        terminal.setPrompt(text);
        terminal.prompt();
      } else stderr.write(text);
      const { value, done } = await answers.next();
      if (done)
        throw new PlatformError('Usage', 'The answers ended before the questions.', {
          next: 'Nothing was sent. Begin again, or say it all at once: see the options with --help.',
        });
      const answer = String(value).trim();
      if (!terminal.terminal) stderr.write('\n');
      return answer === '' ? otherwise : answer;
    },
    say: text => void stderr.write(`${text}\n`),
    close() {
      signal.removeEventListener('abort', close);
      terminal.close();
    },
  };
};
