import type { ReadLimits, TextFile } from './source.ts';

/** The request of a webhook, as it arrived. */
export interface ForgeDelivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Nothing of it decoded: the signature is over these bytes. */
  readonly body: Uint8Array;
}

/** What a delivery says. It only tells where to look: what is true is read from the forge. */
export type ForgeEvent =
  | { readonly type: 'change'; readonly repository: string; readonly number: number }
  | { readonly type: 'push'; readonly repository: string; readonly branch: string }
  | { readonly type: 'ignored'; readonly why: string };

export interface ForgeNews {
  /** The forge’s own id of the delivery; the same for one that is sent again. */
  readonly delivery: string;
  readonly event: ForgeEvent;
}

export interface ForgeApproval {
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  /** The commit that was looked at. */
  readonly commit: string;
}

/** A change request as its forge has it. */
export interface ForgeChange {
  readonly number: number;
  /** Its page. */
  readonly url: string;
  readonly state: 'Open' | 'Merged' | 'Closed';
  readonly title: string;
  readonly description: string;
  readonly author: string;
  /** Branch and newest commit of what is to be merged; of another repository when `fork`. */
  readonly head: { readonly branch: string; readonly commit: string; readonly fork: boolean };
  /** The branch it is to be merged into, and that branch’s commit when the forge looked last. */
  readonly base: { readonly branch: string; readonly commit: string };
  /** What it changes, at most 1000 files; lines. */
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
  /** Each person’s last word, where it is an approval. */
  readonly approvals: readonly ForgeApproval[];
  /** Who asked for something else and has not approved since. */
  readonly refusals: readonly string[];
  readonly merged?: { readonly by: string; readonly at: string; readonly commit: string };
}

export interface ForgeStatus {
  /** What the status is of: `causeway/plan`. */
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure';
  /** One sentence; cut where the forge takes less. */
  readonly description: string;
  /** Where more is said. */
  readonly url?: string;
}

/**
 * Where code is kept and changes are discussed, outside. Repositories are named as the forge names them: `shop/payments`. All
 * methods are idempotent. They throw `TooManyRequests` with the seconds to wait, `Unavailable` when the forge does not answer
 * as it should, `NotFound` for what is not there or must not be seen, `Forbidden` for what the token may not.
 */
export interface Forge {
  /** As the configuration names it. */
  readonly name: string;
  /** Its address for people; repositories lie below. */
  readonly url: string;
  /**
   * Reads a delivery of the webhook. Throws `Unauthenticated` when it is not signed with the secret, `BadRequest` when it is no
   * delivery, `UnsupportedMediaType` when it is not JSON.
   */
  receive(delivery: ForgeDelivery): Promise<ForgeNews>;
  /** Every open change request, and those of `also`, whatever their state. */
  changes(repository: string, also: readonly number[], signal: AbortSignal): Promise<readonly ForgeChange[]>;
  /** As `SourceRepositories.read`. */
  read(
    repository: string,
    commit: string,
    path: string,
    limits: ReadLimits,
    signal: AbortSignal,
  ): Promise<readonly TextFile[]>;
  /** Says something about a commit. Writes nothing when that is what the forge shows already. */
  setStatus(repository: string, commit: string, status: ForgeStatus, signal: AbortSignal): Promise<void>;
  /**
   * The platform’s one comment about something (`shop/staging`) on a change request: made the first time, edited in place
   * afterwards, found again by a mark that readers do not see. `text` is Markdown, cut where the forge takes less.
   */
  comment(
    repository: string,
    number: number,
    about: string,
    text: string,
    signal: AbortSignal,
  ): Promise<void>;
}
