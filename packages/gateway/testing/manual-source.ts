import type { Acknowledgement, RouteReceiver, RouteSource } from '../source/route-source.ts';

/** A source that the test drives, and that remembers what it was told. */
export class ManualSource implements RouteSource {
  receiver!: RouteReceiver;
  readonly acknowledged: { key: string; acknowledgement: Acknowledgement }[] = [];
  readonly first: { key: string; release: string; at: string }[] = [];

  readonly waited: { key: string; since: string }[] = [];
  readonly uses: { key: string; at: string }[] = [];

  start(receiver: RouteReceiver): void {
    this.receiver = receiver;
  }

  acknowledge(key: string, acknowledgement: Acknowledgement): void {
    this.acknowledged.push({ key, acknowledgement });
  }

  firstRequest(key: string, release: string, at: string): void {
    this.first.push({ key, release, at });
  }

  waiting(key: string, since: string): void {
    this.waited.push({ key, since });
  }

  used(key: string, at: string): void {
    this.uses.push({ key, at });
  }

  async stop(): Promise<void> {}

  get last(): Acknowledgement | undefined {
    return this.acknowledged.at(-1)?.acknowledgement;
  }
}
