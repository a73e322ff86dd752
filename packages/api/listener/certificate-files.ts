import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import type { CertificatePair } from './make-certificate.ts';

/** A certificate that ends sooner is made anew. */
const renewBeforeMs = 30 * 24 * 60 * 60 * 1000;

/** Who makes certificates needs a second; one that is at it for so long was killed. */
const makingMs = 10_000;

const ownAddresses = ['127.0.0.1', '::1'];
const ownHosts = ['localhost', '*.localhost'];

interface CertificateNames {
  readonly addresses: readonly string[];
  readonly hosts: readonly string[];
}

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

/** Servers that start at once on one folder: one makes what is missing, the others wait and then find it. */
const oneAtATime = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  const lock = path.join(folder, 'making');
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const since = (await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - since > makingMs) await rmdir(lock).catch(() => {});
      else await sleep(20);
    }
  }
  return work().finally(() => rmdir(lock).catch(() => {}));
};

const found = async (
  folder: string,
  { addresses, hosts }: CertificateNames,
  now: number,
): Promise<{ authority?: CertificatePair; server?: ServerCertificate }> => {
  const [authority, server] = await Promise.all([readPair(folder, 'ca'), readPair(folder, 'server')]);
  if (!authority || !isUsable(authority, now, read => read.ca)) return {};
  const issuer = new X509Certificate(authority.certificate);
  const good =
    server &&
    isUsable(
      server,
      now,
      read => read.checkIssued(issuer) && read.verify(issuer.publicKey) && covers(read, addresses, hosts),
    );
  return { authority, ...(good ? { server: { ...server, authority: authority.certificate } } : {}) };
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
  const wanted = {
    addresses: [...ownAddresses, ...names.filter(name => isIP(name) !== 0)],
    hosts: [...ownHosts, ...names.filter(name => isIP(name) === 0)],
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { server } = await found(folder, wanted, now);
    if (server) return server;
    return await oneAtATime(folder, async () => {
      const there = await found(folder, wanted, now);
      if (there.server) return there.server;
      // Loaded only when something has to be made: it takes 100 ms and memory.
      const { makeAuthority, makeServerCertificate } = await import('./make-certificate.ts');
      const authority = there.authority ?? (await makeAuthority(now));
      if (!there.authority) await writePair(folder, 'ca', authority);
      const made = await makeServerCertificate(authority, wanted, now);
      await writePair(folder, 'server', made);
      return { ...made, authority: authority.certificate };
    });
  } catch (error) {
    throw new PlatformError(
      'DataUnusable',
      `the keys in ${folder} cannot be read or made: ${(error as Error).message}`,
      { cause: error },
    );
  }
};
