import type { Endpoint } from "../address.ts";

/** Of HTTPS. */
export const HTTPS_PORT = 443;

/** As a `Host` header and a URL write it: `[2001:db8::7]:8443`. The zone of an IPv6 address is only this host's. */
export function hostHeaderOf({ address, port }: Endpoint): string {
  const bracketed = address.includes(":") ? `[${address.replace(/%.*$/, "")}]` : address;
  return port === HTTPS_PORT ? bracketed : `${bracketed}:${port}`;
}

const LONGEST_PATH = 1_000;

/**
 * A link that the device gave, as a path on this same device; null when it leads elsewhere: the password goes nowhere
 * but to where the administrator sent it.
 */
export function pathOnDevice(link: string, endpoint: Endpoint): string | null {
  const origin = `https://${hostHeaderOf(endpoint)}/`;
  const path = link.toLowerCase().startsWith(origin.toLowerCase()) ? link.slice(origin.length - 1) : link;
  // Two slashes begin another host's name; a fragment is not sent, so nothing may hang on it.
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.includes("#") && path.length <= LONGEST_PATH
    ? path
    : null;
}
