/** A server that the script is run against. */
export interface Target {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Of someone who may do everything. */
  readonly token: string;
  /** The authority of the server's certificate, PEM. */
  readonly ca: string;
  createNamespace(name: string): Promise<void>;
  /** Forgets all that is not the present state. Lists and watches of older versions are then gone. */
  compact(): Promise<void>;
  close(): Promise<void>;
}
