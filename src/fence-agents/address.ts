/** Where a device answers. */
export interface Endpoint {
  /** A name or an address, without the brackets of IPv6. */
  readonly address: string;
  readonly port: number;
}

const ADDRESS = /^[A-Za-z0-9_:.][A-Za-z0-9_:.%-]*$/;

/** Has this text the shape of an `Endpoint`'s address? One that begins with a dash would be an option of a program. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** As people and URLs write it: `192.0.2.7`, `[2001:db8::7]:8443`. The port is named unless it is the usual one. */
export function authorityOf({ address, port }: Endpoint, usualPort: number): string {
  if (port === usualPort) return address;
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
