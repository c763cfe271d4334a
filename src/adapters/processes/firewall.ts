import type { Clock } from "../../ports/clock.ts";
import type { PortGate } from "../../ports/host-survey.ts";
import { judgeRules } from "./iptables.ts";
import { runCommand } from "./run-command.ts";

const ASK_MS = 3_000;
/** firewalld's name for the port of XAPI's own HA. */
const XAPI_HA = { port: 694, service: "xenha" };

/**
 * Asks firewalld where that runs, else iptables (adapters/xapi/README.md, "XAPI's own HA"); where neither can be asked nothing is known.
 * Never rejects.
 */
export function createGate(
  clock: Clock,
  env: Record<string, string>,
): (port: number, signal: AbortSignal) => Promise<PortGate> {
  return async (port, signal) => {
    const run = (...command: string[]) => runCommand(clock, command, { timeoutMs: ASK_MS, env, signal });
    const state = await run("firewall-cmd", "--state");
    if (state.exitCode === 0) {
      const asks = [[`--query-port=${port}/udp`]];
      if (port === XAPI_HA.port) asks.push([`--query-service=${XAPI_HA.service}`]);
      const answers = await Promise.all(asks.map((words) => run("firewall-cmd", ...words)));
      if (answers.some(({ exitCode }) => exitCode === 0)) return { kind: "open" };
      // 1 is its no, everything else a failure, such as a service that it does not know.
      return answers[0]?.exitCode === 1 ? { kind: "closed", by: "firewalld" } : { kind: "unknown" };
    }
    const { exitCode, output, complete } = await run("iptables", "-S");
    if (exitCode !== 0 || !complete) return { kind: "unknown" };
    const judged = judgeRules(output, port);
    return judged === "closed" ? { kind: judged, by: "iptables" } : { kind: judged };
  };
}
