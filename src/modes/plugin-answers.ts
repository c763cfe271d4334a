import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { neverAborts, withDeadline } from "../ports/deadline.ts";
import { runInto } from "./ha-cfg.ts";

/** Whoever calls waits in XAPI, which has a thread for it. */
const LIMIT_MS = 50_000;

/** What the plugin says to who called it: a text, or why there is none. */
export interface PluginAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** The answer within the time that a caller waits. `then`: what else is said where `called` takes longer. */
export function answerInTime(
  called: string,
  answer: () => Promise<PluginAnswer>,
  then = "",
): Promise<PluginAnswer> {
  return withDeadline<PluginAnswer>(createSystemClock(), LIMIT_MS, neverAborts(), answer, () => ({
    ok: false,
    text: `${called} did not end within ${LIMIT_MS / 1_000} s${then}`,
  }));
}

/** What an action of ha-cfg came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs ha-cfg on this host as without a terminal. `mask` takes the passwords out of a text, as out of `err`; `out` is as it was written. */
export async function runCaptured(
  line: readonly string[],
): Promise<Ran & { readonly mask: (text: string) => string }> {
  let out = "";
  let err = "";
  let mask = (text: string) => text;
  const code = await runInto(line, (masking, { operator }) => {
    mask = masking;
    return {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += masking(text);
      },
      // XAPI does not say whose session it is.
      operator: { user: `${operator.user} through XAPI (host.call_plugin)`, terminal: operator.terminal },
      ...{ isTerminal: false, colours: false },
    };
  });
  return { code, out, err, mask };
}
