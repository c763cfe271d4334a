import { lookup } from "node:dns/promises";

/** Where everything must run, what is missing fails. */
const mayLeaveOut = process.env["CI"] !== "true";

/** A machine made by debootstrap has no /etc/hosts, and does not know its own name: what needs one is left out there. */
export const knowsLocalhost =
  !mayLeaveOut ||
  (await lookup("localhost").then(
    () => true,
    () => false,
  ));

/** What only root could install is left out for an ordinary user who does not have it. */
export const lacks = (...programs: readonly string[]): boolean =>
  mayLeaveOut && programs.some((program) => Bun.which(program) === null);
