/** Words that only the shell itself knows; `exec` would look for a program of that name. */
const shellWords = new Set(
  '! . : [[ alias bg break case cd command continue do eval exec exit export fc fg for function getopts hash if jobs let local read readonly return set shift source time times trap type typeset ulimit umask unalias unset until wait while {'.split(
    ' ',
  ),
);

/** `${PORT:-8000}` and the like are words as good as others. */
const expansion = /\$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-+?][\w.:/,-]*)?\}/g;

/** One command and its words: nothing that joins commands, redirects, or sets variables in front. */
const simple = /^[^\s=;&|<>(){}`\\!*?~#'"$]+(?:[ \t][^;&|<>(){}`\\\n]*)?$/;

/**
 * The line for `sh -c`. Where it is one simple command the shell gives way to the program: some shells otherwise stay as its
 * parent, which costs memory and shows as the wrong process.
 */
export const shellLine = (command: string): string => {
  const line = command.trim();
  const [first = ''] = line.split(/[ \t]/);
  return simple.test(line.replaceAll(expansion, '$$')) && !shellWords.has(first) ? `exec ${line}` : command;
};
