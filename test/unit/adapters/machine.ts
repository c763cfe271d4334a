import { lookup } from "node:dns/promises";

/** A machine made by debootstrap has no /etc/hosts, and does not know its own name: what needs one is left out there. */
export const knowsLocalhost = await lookup("localhost").then(
  () => true,
  () => false,
);

/** What only root could install is left out for an ordinary user who does not have it. */
export const lacks = (...programs: readonly string[]): boolean =>
  programs.some((program) => Bun.which(program) === null);
