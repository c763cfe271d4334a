import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { PLUGIN_ARM, readEveryArgument } from "../adapters/xapi/plugin-protocol.ts";
import { EXIT } from "../cli/cli-ports.ts";
import { neverAborts, withDeadline } from "../ports/deadline.ts";
import { runInto } from "./ha-cfg.ts";

/** Whoever calls waits in XAPI, which has a thread for it. */
const LIMIT_MS = 50_000;

/** What an action of ha-cfg came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

const CURE =
  "an administrator has to allow it, on any host of the pool: ha-cfg set PLUGIN_WRITE 1. Until then: ha-cfg";

/**
 * `disarm` (`for`, `host`) and `arm` (`host`) through XAPI, while PLUGIN_WRITE=1. Refused where anything about the call is in doubt: an argument
 * that is lost would disarm the whole pool instead of a host.
 */
export function answerOfChange(called: string, call: string): Promise<Answer> {
  return withDeadline<Answer>(
    createSystemClock(),
    LIMIT_MS,
    neverAborts(),
    () => changeAnswer(called, call, runHere),
    () => ({
      ok: false,
      text: `${called} did not end within ${LIMIT_MS / 1_000} s. Whether HA is disarmed now: ha-cfg status`,
    }),
  );
}

/** The same with the ha-cfg of a test. */
export async function changeAnswer(
  called: string,
  call: string,
  run: (line: readonly string[]) => Promise<Ran>,
): Promise<Answer> {
  const refused = (why: string): Answer => ({ ok: false, text: `Cannot ${called} HA through XAPI: ${why}` });
  const known = called === PLUGIN_ARM ? ["host"] : ["for", "host"];
  const given = readEveryArgument(call);
  if (given === null) return refused("an argument cannot be read");
  const odd = Object.keys(given).filter((name) => !known.includes(name));
  if (odd.length > 0) return refused(`${odd.join(", ")}: no such argument; there are ${known.join(" and ")}`);
  const empty = Object.keys(given).find((name) => given[name] === "");
  if (empty !== undefined) return refused(`${empty} is empty`);
  const allowed = await run(["get", "PLUGIN_WRITE", "--json"]);
  if (!isSet(allowed.out)) return refused(allowed.out === "" ? allowed.err.trim() : `${CURE} ${called}`);
  const options = known.flatMap((name) => (given[name] === undefined ? [] : [`--${name}=${given[name]}`]));
  const { code, out, err } = await run([called, ...options]);
  return { ok: code === EXIT.done, text: `${out}${err}`.trim() };
}

/** By the pool, or by this host's override of it: not by a last good value, nor by a default. */
function isSet(json: string): boolean {
  if (json === "") return false;
  const [row] = JSON.parse(json) as readonly { readonly value?: string; readonly source?: string }[];
  return row?.value === "1" && (row.source === "pool" || row.source === "override");
}

async function runHere(line: readonly string[]): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await runInto(line, (masking, { operator }) => ({
    stdout: (text) => {
      out += masking(text);
    },
    stderr: (text) => {
      err += masking(text);
    },
    // XAPI does not say whose session it is.
    operator: { user: `${operator.user} through XAPI (host.call_plugin)`, terminal: operator.terminal },
    ...{ isTerminal: false, colours: false },
  }));
  return { code, out, err };
}
