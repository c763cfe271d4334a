import { PLUGIN_PLAN } from "../adapters/xapi/plugin-protocol.ts";
import { answerInTime, type PluginAnswer, runCaptured } from "./plugin-answers.ts";

/** An answer goes through XAPI as one string, which is escaped and parsed several times on its way. */
const LONGEST_BYTES = 2_000_000;

/** What `status` or `plan` of ha-cfg shows as JSON on this host, in one line, without a password. */
export function answerOfShown(
  called: string,
  given: Readonly<Record<string, string>>,
): Promise<PluginAnswer> {
  const hosts = given["hosts"] ?? "";
  const options = called === PLUGIN_PLAN && hosts !== "" ? [`--if-host-fails=${hosts}`] : [];
  return answerInTime(called, async () => {
    const { out, err, mask } = await runCaptured([called, "--json", ...options]);
    return answerFrom(out, err, mask);
  });
}

/** From what an action wrote: its JSON in one line, unless there is none, or too much. */
export function answerFrom(out: string, err: string, mask: (text: string) => string): PluginAnswer {
  if (out === "") return { ok: false, text: err.trim() };
  const text = JSON.stringify(JSON.parse(out), (_, value: unknown) =>
    typeof value === "string" ? mask(value) : value,
  );
  const bytes = Buffer.byteLength(text);
  if (bytes <= LONGEST_BYTES) return { ok: true, text };
  const why = `the answer has ${bytes} bytes, more than ${LONGEST_BYTES}; ask for single hosts (hosts=NAME)`;
  return { ok: false, text: why };
}
