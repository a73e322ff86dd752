import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { PlatformError } from '@causeway/model';
import type { CertificatePair } from './make-certificate.ts';

/** A certificate that ends sooner is made anew. */
const renewBeforeMs = 30 * 24 * 60 * 60 * 1000;

const ownAddresses = ['127.0.0.1', '::1'];
const ownHosts = ['localhost', '*.localhost'];

export interface ServerCertificate extends CertificatePair {
  /** The authority's certificate, PEM: what clients trust. */
  readonly authority: string;
}

const readPair = async (folder: string, name: string): Promise<CertificatePair | undefined> => {
  try {
    const [certificate, key] = await Promise.all(
      ['crt', 'key'].map(extension => readFile(path.join(folder, `${name}.${extension}`), 'utf8')),
    );
    return certificate && key ? { certificate, key } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const replaceFile = async (file: string, content: string, mode: number): Promise<void> => {
  const unfinished = `${file}.new`;
  await writeFile(unfinished, content, { mode, flush: true });
  await rename(unfinished, file);
};

/** The key goes first: a certificate without its key would be useless, and is noticed by `isUsable`. */
const writePair = async (
  folder: string,
  name: string,
  { certificate, key }: CertificatePair,
): Promise<void> => {
  await replaceFile(path.join(folder, `${name}.key`), key, 0o600);
  await replaceFile(path.join(folder, `${name}.crt`), certificate, 0o644);
};

/** Whether a pair belongs together and lasts for a while. What cannot be read is not usable. */
const isUsable = (
  { certificate, key }: CertificatePair,
  now: number,
  also: (read: X509Certificate) => boolean,
): boolean => {
  try {
    const read = new X509Certificate(certificate);
    const lasts = read.validFromDate.getTime() <= now && read.validToDate.getTime() - renewBeforeMs > now;
    return lasts && read.checkPrivateKey(createPrivateKey(key)) && also(read);
  } catch {
    return false;
  }
};

const covers = (read: X509Certificate, addresses: readonly string[], hosts: readonly string[]): boolean => {
  const alternatives = read.subjectAltName ?? '';
  return (
    addresses.every(address => read.checkIP(address) !== undefined) &&
    hosts.every(host => alternatives.split(', ').includes(`DNS:${host}`))
  );
};

/**
 * The certificate that the API serves with, from `ca.crt ca.key server.crt server.key` in the folder. What is missing,
 * unreadable, about to end or lacks a name is made; the authority stays as long as it can, since clients trust it.
 * Throws `DataUnusable` when the folder cannot be used.
 * @param names addresses and host names beside the machine's own loopback ones.
 */
export const ensureCertificates = async (
  folder: string,
  names: readonly string[],
  now: number,
): Promise<ServerCertificate> => {
  const addresses = [...ownAddresses, ...names.filter(name => isIP(name) !== 0)];
  const hosts = [...ownHosts, ...names.filter(name => isIP(name) === 0)];
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [oldAuthority, oldServer] = await Promise.all([readPair(folder, 'ca'), readPair(folder, 'server')]);
    const keep = oldAuthority && isUsable(oldAuthority, now, read => read.ca) ? oldAuthority : undefined;
    if (keep && oldServer) {
      const issuer = new X509Certificate(keep.certificate);
      const good = isUsable(
        oldServer,
        now,
        read => read.checkIssued(issuer) && read.verify(issuer.publicKey) && covers(read, addresses, hosts),
      );
      if (good) return { ...oldServer, authority: keep.certificate };
    }
    // Loaded only when something has to be made: it takes 100 ms and memory.
    const { makeAuthority, makeServerCertificate } = await import('./make-certificate.ts');
    const authority = keep ?? (await makeAuthority(now));
    if (!keep) await writePair(folder, 'ca', authority);
    const server = await makeServerCertificate(authority, { addresses, hosts }, now);
    await writePair(folder, 'server', server);
    return { ...server, authority: authority.certificate };
  } catch (error) {
    throw new PlatformError(
      'DataUnusable',
      `the keys in ${folder} cannot be read or made: ${(error as Error).message}`,
      { cause: error },
    );
  }
};
