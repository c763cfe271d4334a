import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { PLUGIN_PLAN } from "../adapters/xapi/plugin-protocol.ts";
import { neverAborts, withDeadline } from "../ports/deadline.ts";
import { runInto } from "./ha-cfg.ts";

/** Whoever calls waits in XAPI, which has a thread for it. */
const LIMIT_MS = 50_000;
/** An answer goes through XAPI as one string, which is escaped and parsed several times on its way. */
const LONGEST_BYTES = 2_000_000;

interface Shown {
  readonly ok: boolean;
  /** The JSON, or why there is none. */
  readonly text: string;
}

/** What `status` or `plan` of ha-cfg shows as JSON on this host, in one line, without a password. */
export function answerOfShown(called: string, given: Readonly<Record<string, string>>): Promise<Shown> {
  const hosts = given["hosts"] ?? "";
  const options = called === PLUGIN_PLAN && hosts !== "" ? [`--if-host-fails=${hosts}`] : [];
  return withDeadline<Shown>(
    createSystemClock(),
    LIMIT_MS,
    neverAborts(),
    () => show([called, "--json", ...options]),
    () => ({ ok: false, text: `${called} did not end within ${LIMIT_MS / 1_000} s` }),
  );
}

async function show(line: readonly string[]): Promise<Shown> {
  let out = "";
  let err = "";
  let mask = (text: string) => text;
  await runInto(line, (masking) => {
    mask = masking;
    return {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += masking(text);
      },
      isTerminal: false,
      colours: false,
    };
  });
  return answerFrom(out, err, mask);
}

/** From what an action wrote: its JSON in one line, unless there is none, or too much. */
export function answerFrom(out: string, err: string, mask: (text: string) => string): Shown {
  if (out === "") return { ok: false, text: err.trim() };
  const text = JSON.stringify(JSON.parse(out), (_, value: unknown) =>
    typeof value === "string" ? mask(value) : value,
  );
  const bytes = Buffer.byteLength(text);
  if (bytes <= LONGEST_BYTES) return { ok: true, text };
  const why = `the answer has ${bytes} bytes, more than ${LONGEST_BYTES}; ask for single hosts (hosts=NAME)`;
  return { ok: false, text: why };
}
