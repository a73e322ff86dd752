/** What the wrapper `platform` was called by, as a shell takes it: `platform` from PATH, `./platform` in a clone. */
export const commandName = ({ CAUSEWAY_COMMAND: name }: NodeJS.ProcessEnv): string => {
  if (!name) return 'platform';
  return /^[\w./@%+=:,-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
};

const command =
  /(?<![\w./-])platform (?=(?:--help|admin|apply|audit|builds|change|completion|create|decisions|delete|deploy|describe|doctor|down|eject|env|evidence|exception|export|get|help|import|insights|kubeconfig|login|logout|logs|open|policy|promote|releases|rollback|server|set|status|unset|up|validate|version)\b)/g;

/** Commands in a text for people, as they must be typed here: texts of the server say `platform`, from a fresh clone it is not in PATH. */
export const asCalled = (text: string, env: NodeJS.ProcessEnv): string => {
  const name = commandName(env);
  return name === 'platform' ? text : text.replace(command, () => `${name} `);
};
