/** Calls of a pass that only look: whatever is killed between two of them leaves the same world and the same disk. */
const LOOKS = new Set([
  "sleep",
  "wallMs",
  "uptimeMs",
  "load",
  "read",
  "probe",
  "ping",
  "observe",
  "close",
  "calls",
]);
const LOOKING_METHODS =
  /\.(get_|login|slave_local_login|logout|local_logout|ha_xapi_healthcheck)|^task\.get|^system\./;

/**
 * Does a call change the world or the disk? A kill before one is a state of its own, and a kill after it another: these
 * are all the states that a kill can leave. (Calls that only look are followed by the next kill point unchanged.)
 */
export function isEffect(name: string, args: readonly unknown[]): boolean {
  if (name === "call") return !LOOKING_METHODS.test(String(args[0]));
  return !LOOKS.has(name);
}
