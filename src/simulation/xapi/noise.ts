import type { XapiProcess } from "../world.ts";

/** A refused call writes its error with a backtrace into xensource.log (adapters/xapi/README.md, "Probing a peer"). */
const LINES_OF_A_BACKTRACE = 7;

/** A call from outside has put lines of level error into the log of a xapi. */
export function noteErrorLines(process: XapiProcess): void {
  process.host.noise.errorLines += LINES_OF_A_BACKTRACE;
}

/** A login from outside counts as failed. */
export function noteFailedLogin(process: XapiProcess): void {
  process.host.noise.failedLogins += 1;
}
