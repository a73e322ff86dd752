import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
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

/** Gives each workload of this machine a port of its own. */
export class PortAllocator {
  readonly #owners = new Map<number, string>();
  readonly #range: PortRange;

  constructor(range: PortRange = systemRange()) {
    this.#range = range;
  }

  /** Notes a port that a running workload already has. */
  hold(port: number, owner: string): void {
    this.#owners.set(port, owner);
  }

  release(owner: string): void {
    for (const [port, holder] of this.#owners) if (holder === owner) this.#owners.delete(port);
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
    if (await isFree(port)) return true;
    if (holder === undefined) this.#owners.delete(port);
    return false;
  }
}
