/** Where a Redfish service answers. */
export interface Endpoint {
  /** Without the brackets of IPv6. */
  readonly address: string;
  readonly port: number;
}

/** The device field of REDFISH.hosts, `<address>` or `<address>/<system>`; a string says what is wrong with it. */
export function parseDeviceField(
  field: string,
): { readonly address: string; readonly system: string | null } | string {
  const [address = "", system, ...more] = field.split("/");
  if (!/^[A-Za-z0-9._:%-]+$/.test(address)) return `${field} is no address`;
  if (more.length > 0 || system === "") return `${field} is not <address>/<Id or UUID of a system>`;
  return { address, system: system ?? null };
}

/** As a `Host` header and a URL write it: `[2001:db8::7]:8443`. */
export function authorityOf({ address, port }: Endpoint): string {
  const bracketed = address.includes(":") ? `[${address}]` : address;
  return port === 443 ? bracketed : `${bracketed}:${port}`;
}

const LONGEST_PATH = 1_000;

/**
 * A link that the device gave, as a path on this same device; null when it leads elsewhere: the password goes nowhere
 * but to where the administrator sent it.
 */
export function pathOnDevice(link: string, endpoint: Endpoint): string | null {
  const origin = `https://${authorityOf(endpoint)}/`;
  const path = link.toLowerCase().startsWith(origin.toLowerCase()) ? link.slice(origin.length - 1) : link;
  // Two slashes begin another host's name; a fragment is not sent, so nothing may hang on it.
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.includes("#") && path.length <= LONGEST_PATH
    ? path
    : null;
}
