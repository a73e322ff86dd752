/** What a driver of a forge is made from. */
export interface ForgeSettings {
  /** As the configuration names it. */
  readonly name: string;
  /** Of the forge, for people: `https://github.com`. */
  readonly url: string;
  /** Files are read anew each time, so that what they hold can be replaced while the platform runs. */
  readonly tokenFile: string;
  readonly webhookSecretFile: string;
  /** How long one request may take, milliseconds. Default 15 s. */
  readonly patienceMs?: number;
}
