/** Of ssh. */
export const SSH_PORT = 22;

export type SshLogin =
  | { readonly kind: "password"; readonly password: string }
  | { readonly kind: "key"; readonly path: string };

/** A machine that is reached by ssh. */
export interface SshTarget {
  /** A name, IPv4, or IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly login: SshLogin;
  /** Offer the algorithms of old devices, too. */
  readonly legacy: boolean;
}

/** Where the key of a machine is pinned, in the format of known_hosts. */
export interface KnownHost {
  readonly path: string;
  /** The name under which the key stands there: two machines behind one address have a port each. */
  readonly name: string;
  /**
   * False until the first connection: then whatever key the machine shows is taken, and kept from then on. A file that has
   * lost its key pins none, and still no other one is taken: it is removed by whoever knows why.
   */
  readonly pinned: boolean;
}
