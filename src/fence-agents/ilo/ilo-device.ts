import type { Clock } from "../../ports/clock.ts";
import type { PowerDevice, PowerReading, SwitchAnswer } from "../device.ts";
import type { SshClient } from "../ssh/client.ts";
import { parseOutcome, parsePower, parseSystem, quoteAnswer } from "./clp.ts";
import { createDialogue } from "./dialogue.ts";

/** In which words the device is spoken to: `power …` of every iLO, or the SMASH CLP of `/system1`. */
type Dialect = "power" | "system1";

export interface IloOptions {
  readonly address: string;
  readonly dialect: Dialect | "auto";
  /** `argument`: the command is an argument of ssh; `dialogue`: it is typed at the prompt. */
  readonly session: "dialogue" | "argument";
}

const WORDS: Readonly<
  Record<Dialect, { read: string; parse: (answer: string) => PowerReading | null; on: string; off: string }>
> = {
  power: { read: "power", parse: parsePower, on: "power on", off: "power off hard" },
  system1: { read: "show /system1", parse: parseSystem, on: "start /system1", off: "stop /system1 -f" },
};

/** An iLO needs this long until `power` no longer says what was. */
const SETTLE_MS = 5_000;
/** An order is not given twice at once, not even in other words. */
const BETWEEN_ORDERS_MS = 1_000;

/** HP and HPE iLO 2 to 6 by ssh (fence-agents/README.md, "ILO"). */
export function createIlo(client: SshClient, options: IloOptions, clock: Clock): PowerDevice {
  const ask = options.session === "dialogue" ? askInDialogue : askByArgument;
  let understood: Dialect | null = options.dialect === "auto" ? null : options.dialect;
  return {
    name: `iLO ${options.address}`,
    settleMs: SETTLE_MS,
    async read(signal) {
      let why = "";
      for (const dialect of understood === null ? (["power", "system1"] as const) : [understood]) {
        const { read, parse } = WORDS[dialect];
        const answer = await ask(client, read, signal);
        if (!answer.ok) return { kind: "unknown", why: answer.why, final: answer.final };
        const reading = parse(answer.text);
        if (reading?.kind === "on" || reading?.kind === "off") understood = dialect;
        if (reading !== null) return reading;
        why ||= `no answer to ${read}: ${quoteAnswer(answer.text)}`;
      }
      return { kind: "unknown", why };
    },
    async switchPower(to, signal) {
      let last: SwitchAnswer = { kind: "refused", why: "there was no time to ask" };
      const dialects = options.dialect === "auto" ? (["system1", "power"] as const) : [options.dialect];
      for (const [index, dialect] of dialects.entries()) {
        if (index > 0) await clock.sleep(BETWEEN_ORDERS_MS, signal);
        const answer = await ask(client, WORDS[dialect][to], signal);
        if (!answer.ok) return { kind: "refused", why: answer.why, final: answer.final };
        const { foreign = false, ...outcome } = parseOutcome(answer.text);
        last = outcome;
        // One that is busy, or says no, is not asked the same in other words.
        if (!foreign) return last;
      }
      return last;
    },
  };
}

type Answer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string; readonly final: boolean };

async function askInDialogue(client: SshClient, command: string, signal: AbortSignal): Promise<Answer> {
  const dialogue = createDialogue(command);
  const { output, fault, final } = await client.converse(dialogue, signal);
  const text = dialogue.answer();
  if (text !== null) return { ok: true, text };
  const silent = `no prompt came; ${quoteAnswer(output)}`;
  const why = fault === null || output !== "" ? `${fault ?? "it hung up"}: ${silent}` : fault;
  return { ok: false, why, final };
}

async function askByArgument(client: SshClient, command: string, signal: AbortSignal): Promise<Answer> {
  const { output, fault, final } = await client.run(command, signal);
  // A command that ended properly has ended its last line, too.
  if (fault === null) return { ok: true, text: `${output}\n` };
  // An iLO may hang up without an exit status, which looks like a fault: what it said before is its answer.
  if (output !== "") return { ok: true, text: output };
  return { ok: false, why: fault, final };
}
