import { runGitOrThrow } from '../program/run-git.ts';
import { listRefs } from '../refs/read-refs.ts';
import { firstPktLine, flushPkt, pktLine } from './pkt-line.ts';

/**
 * The first answer of a push, `info/refs?service=git-receive-pack`: the references and what the server can
 * do, gitprotocol-http(5). It is composed here, because starting git for it costs more than the rest of the
 * round trip. What the server can do is never made up but taken from git's own answer.
 */
export const advertisementHeaders = {
  'Content-Type': 'application/x-git-receive-pack-advertisement',
  'Cache-Control': 'no-cache, max-age=0, must-revalidate',
  Expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
  Pragma: 'no-cache',
} as const;

const preamble = Buffer.concat([pktLine('# service=git-receive-pack\n'), flushPkt]);
const hidden = 'refs/causeway/';

/**
 * What this git can do for a push, in its own words. The same for all repositories: their configuration is
 * the same.
 */
export const askCapabilities = async (repository: string): Promise<string> => {
  const { stdout } = await runGitOrThrow(
    ['receive-pack', '--stateless-rpc', '--advertise-refs', repository],
    { repository },
  );
  const line = firstPktLine(stdout)?.payload.toString('utf8') ?? '';
  return line.slice(line.indexOf('\0') + 1).trimEnd();
};

/** The answer, or `undefined` when the repository holds something that only git itself should read. */
export const advertise = async (repository: string, capabilities: string): Promise<Buffer | undefined> => {
  const refs = (await listRefs(repository))?.filter(([ref]) => !ref.startsWith(hidden));
  if (refs === undefined) return undefined;
  const [[ref, id] = ['capabilities^{}', '0'.repeat(40)], ...others] = refs;
  return Buffer.concat([
    preamble,
    pktLine(`${id} ${ref}\0${capabilities}\n`),
    ...others.map(([name, object]) => pktLine(`${object} ${name}\n`)),
    flushPkt,
  ]);
};
