import { PLUGIN_ARM, readEveryArgument } from "../adapters/xapi/plugin-protocol.ts";
import { EXIT } from "../cli/cli-ports.ts";
import { answerInTime, type PluginAnswer, type Ran, runCaptured } from "./plugin-answers.ts";

const CURE =
  "an administrator has to allow it, on any host of the pool: ha-cfg set PLUGIN_WRITE 1. Until then: ha-cfg";

/**
 * `disarm` (`for`, `host`) and `arm` (`host`) through XAPI, while PLUGIN_WRITE=1. Refused where anything about the call is in doubt: an argument
 * that is lost would disarm the whole pool instead of a host.
 */
export function answerOfChange(called: string, call: string): Promise<PluginAnswer> {
  const then = ". Whether HA is disarmed now: ha-cfg status";
  const run = async (line: readonly string[]): Promise<Ran> => {
    const { out, mask, ...others } = await runCaptured(line);
    return { ...others, out: mask(out) };
  };
  return answerInTime(called, () => changeAnswer(called, call, run), then);
}

/** The same with the ha-cfg of a test. */
export async function changeAnswer(
  called: string,
  call: string,
  run: (line: readonly string[]) => Promise<Ran>,
): Promise<PluginAnswer> {
  const refused = (why: string): PluginAnswer => ({
    ok: false,
    text: `Cannot ${called} HA through XAPI: ${why}`,
  });
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
