import { showName } from "../core/model/plain-text.ts";
import { UsageError } from "./cli-ports.ts";

/** The host that was meant, by uuid or exact name. Throws UsageError when there is none, or when several have the name. `what`: behind "Cannot". */
export function findHost<Host extends { readonly uuid: string; readonly name: string }>(
  what: string,
  typed: string,
  all: readonly Host[],
): Host {
  // An odd name is known as it is shown; who types it may type it as it is.
  const spellings = [typed, showName(typed)];
  const found = all.filter(({ uuid, name }) => uuid === typed.toLowerCase() || spellings.includes(name));
  const names = all.map(({ name }) => name).join(", ");
  const [host] = found;
  if (host === undefined)
    throw new UsageError(`Cannot ${what} ${typed}: there is no such host; there are ${names}`);
  if (found.length > 1)
    throw new UsageError(`Cannot ${what} ${typed}: ${found.length} hosts have that name; give a uuid`);
  return host;
}

/** What people call the host of this uuid; the uuid itself when it is none of these. */
export function nameIn(
  hosts: readonly { readonly uuid: string; readonly name: string }[],
  uuid: string,
): string {
  return hosts.find((host) => host.uuid === uuid)?.name ?? uuid;
}
