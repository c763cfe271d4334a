import { describeFault } from "../../core/alerts/describe-fault.ts";
import type { SeenHost } from "../sight/sight.ts";
import { type Check, type Examination, type Finding, findingsOf } from "./check.ts";

/** XAPI tells whole seconds, and the answer was under way: less than this is no difference. */
const TOLERANCE_MS = 3_000;
const ASK_MS = 15_000;

/** The clocks of the hosts agree. Nothing is decided by them; logs and messages of several hosts are read by them. */
export const clockCheck: Check = {
  name: "clocks",
  limitMs: () => ASK_MS,
  async run(examination, signal) {
    const { ok } = findingsOf("clocks");
    const { sight } = examination;
    if (!sight.database.ok) return [];
    // A host that does not answer is asked by the master for minutes, and is told by another check.
    const others = sight.hosts.filter(({ isSelf, probe }) => !isSelf && probe?.xapi === "answered");
    if (others.length === 0) return [];
    const found = (await Promise.all(others.map((host) => compare(host, examination, signal)))).flat();
    return found.length > 0 ? found : [ok(`the clocks of ${others.length + 1} hosts agree within 3 s`)];
  },
};

async function compare(
  { uuid, name }: SeenHost,
  { ports, survey }: Examination,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { warn } = findingsOf("clocks");
  const begunMs = ports.clock.wallMs();
  const told = await survey.hostClock(uuid, signal);
  const endedMs = ports.clock.wallMs();
  if (!told.ok)
    return [warn(`the clock of ${name} is not known: ${describeFault(told.fault)}`, "run this again")];
  // It was read at some moment in between, and cut to its second.
  const ahead = told.value - endedMs;
  const behind = begunMs - 1_000 - told.value;
  const offMs = Math.max(ahead, behind, 0);
  if (offMs <= TOLERANCE_MS) return [];
  const direction = ahead > 0 ? "ahead of" : "behind";
  const text = `the clock of ${name} is ${Math.round(offMs / 1_000)} s ${direction} this host's`;
  return [
    warn(text, "systemctl enable chronyd; systemctl start chronyd, on both of them (ntpd on older hosts)"),
  ];
}
