import { exitCodeOf } from '../../packages/cli/exit-codes.ts';
import { catalogue, type ErrorCode } from '../../packages/model/index.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const codes = Object.keys(catalogue) as ErrorCode[];

const rows = codes.map(name => {
  const { status, reason, retry, next } = catalogue[name];
  return [code(name), String(status), code(reason), String(exitCodeOf(name)), retry ? 'yes' : '', next];
});

/** Every error that a person can meet. */
export const errorsPage = (): string =>
  page(
    generatedFrom('packages/model/errors/catalogue.ts'),
    '# Errors',
    `Whatever fails says what failed, why, with evidence, and what to do next. Each error has a code that never changes
its meaning. The command prints the error and ends with the exit code below. With \`-o json\` it prints the same as JSON.`,
    `Under \`/api\` and \`/apis\` the API answers with a Kubernetes \`Status\`: \`reason\` is the one below, and
\`details.causes\` holds the code, the evidence and the next step. Elsewhere, and where \`Accept\` asks for it, the
answer is problem details (RFC 9457) with \`code\`, \`detail\`, \`evidence\`, \`causes\` and \`next\`.`,
    '“Again” says whether the same call may succeed later without a change. “Next” is what is suggested when nothing more precise is known.',
    table(['Code', 'HTTP', 'Reason', 'Exit', 'Again', 'Next'], rows),
  );
