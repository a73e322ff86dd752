import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import { PlatformError } from '@causeway/model';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const wanted = 10_000;

/**
 * Ports that no outgoing connection is given by the kernel: below its range, where there is room, else above.
 * `ephemeral` is the text of `/proc/sys/net/ipv4/ip_local_port_range`.
 */
export const portRange = (ephemeral: string): PortRange => {
  const [low = 32_768, high = 60_999] = ephemeral.trim().split(/\s+/).map(Number);
  if (low - wanted >= 10_000) return { first: low - wanted, last: low - 1 };
  if (high + wanted <= 65_535) return { first: high + 1, last: high + wanted };
  return { first: 20_000, last: 29_999 };
};

const systemRange = (): PortRange => {
  try {
    return portRange(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'));
  } catch {
    return portRange('');
  }
};

/** Whether a program could listen on the port now, on whichever address. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });

/**
 * Claims a port against other platforms of this machine, which take theirs from the same range: one that is free for both would
 * be given to two programs, of which the slower one fails. The claim is a name in the abstract namespace of Unix sockets (unix(7)):
 * one process alone can have it, where ports are shared, and it goes with the process. `taken` when another has it.
 */
const claimPort = (port: number): Promise<Server | 'taken' | undefined> =>
  new Promise(resolve => {
    const claim = createServer(socket => socket.destroy()).unref();
    claim.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EADDRINUSE' ? 'taken' : undefined),
    );
    claim.listen(`\0causeway-port-${port}`, () => resolve(claim));
  });

/** Gives each workload of this machine a port of its own. */
export class PortAllocator {
  readonly #owners = new Map<number, string>();
  /** Of ports that their programs do not listen on yet. */
  readonly #claims = new Map<number, Server>();
  readonly #range: PortRange;

  constructor(range: PortRange = systemRange()) {
    this.#range = range;
  }

  /** Notes a port that a running workload already has. */
  hold(port: number, owner: string): void {
    this.#owners.set(port, owner);
  }

  /** Its program listens: from now on the port itself is in use. */
  served(port: number): void {
    this.#claims.get(port)?.close();
    this.#claims.delete(port);
  }

  release(owner: string): void {
    for (const [port, holder] of this.#owners) {
      if (holder !== owner) continue;
      this.served(port);
      this.#owners.delete(port);
    }
  }

  close(): void {
    for (const port of this.#claims.keys()) this.served(port);
  }

  /** The port it had, if it is still free, else another. */
  async take(owner: string, before: number | undefined): Promise<number> {
    if (before !== undefined && (await this.#tryTake(before, owner))) return before;
    const { first, last } = this.#range;
    const size = last - first + 1;
    // A start at random: another platform on this machine takes its ports from the same range.
    const start = randomInt(size);
    for (let step = 0; step < size; step++) {
      const port = first + ((start + step) % size);
      if (await this.#tryTake(port, owner)) return port;
    }
    throw new PlatformError('StartFailed', `No port between ${first} and ${last} is free on this machine.`, {
      next: 'Stop what this machine does not need, then run `platform deploy`.',
    });
  }

  /** Exactly this port, for a program that insists on it. Rejects with `PortInUse`, naming the workload that has it. */
  async insist(port: number, owner: string, nameOf: (owner: string) => string): Promise<void> {
    const holder = this.#owners.get(port);
    if (holder === undefined || holder === owner) {
      if (await this.#tryTake(port, owner)) return;
    }
    const who = holder !== undefined && holder !== owner ? nameOf(holder) : 'another program of this machine';
    throw new PlatformError(
      'PortInUse',
      `The program insists on port ${port} (spec.http.port), which ${who} uses.`,
      {
        next: 'Let the program read its port from PORT and remove spec.http.port: only then can two of them, such as the old and the new release, run at once.',
      },
    );
  }

  async #tryTake(port: number, owner: string): Promise<boolean> {
    const holder = this.#owners.get(port);
    if (holder !== undefined && holder !== owner) return false;
    this.#owners.set(port, owner);
    if ((await this.#claim(port)) && (await isFree(port))) return true;
    this.served(port);
    if (holder === undefined) this.#owners.delete(port);
    return false;
  }

  async #claim(port: number): Promise<boolean> {
    if (this.#claims.has(port)) return true;
    const claim = await claimPort(port);
    if (claim instanceof Server) this.#claims.set(port, claim);
    return claim !== 'taken';
  }
}
