import { deviceStates, whatIsWrong } from "../../app/pass/fence.ts";
import { fenceMethods, methodProves } from "../../core/fencing/fence-policy.ts";
import { ignoredText, methodReports, untestedText } from "../fence-warnings.ts";
import type { SeenHost } from "../sight/sight.ts";
import { type Check, type Examination, enabledHosts, type Finding, findingsOf } from "./check.ts";

const ASK_MS = 35_000;

/** Fencing cuts power, and the device of every host can be asked. Nobody is fenced. */
export const fencingCheck: Check = {
  name: "fencing",
  limitMs: (settings) => Math.min(settings.FENCE_TIMEOUT * 1_000 + 5_000, ASK_MS),
  async run(examination, signal) {
    const { ok, warn, bad } = findingsOf("fencing");
    const { settings, sight } = examination;
    if (sight.hosts.length < 2) return [ok("a single host is not fenced by anybody")];
    if (!settings.FENCE_ENABLED)
      return [
        warn(
          settings.FENCE_HA_ONFAIL
            ? `fencing is off (FENCE_ENABLED=0), and VMs are started all the same: ${TWO_COPIES}`
            : "fencing is off (FENCE_ENABLED=0): nothing proves that a dead host is off, so its VMs stay down until it is back",
          "ha-cfg set FENCE_ENABLED 1, with a FENCE_METHOD that cuts power",
        ),
      ];
    if (settings.FENCE_ACTION === "start")
      return [
        bad("FENCE_ACTION=start cuts nobody off: no host is ever fenced", "ha-cfg set FENCE_ACTION stop"),
      ];
    const methods = fenceMethods(settings.FENCE_METHOD);
    const powerless = methods.filter((method) => !methodProves(method));
    const only = powerless.length === methods.length;
    const pool = powerless.map((method) =>
      warn(
        only
          ? `FENCE_METHOD=${method} cuts no power: ${TWO_COPIES}`
          : `when all others fail, ${method} counts as fenced without cutting power: ${TWO_COPIES}`,
        only
          ? "ha-cfg set FENCE_METHOD IPMI, or REDFISH, ILO, an agent of your own"
          : `ha-cfg set FENCE_METHOD ${methods.filter(methodProves).join(",")}`,
      ),
    );
    if (only) return pool;
    const asked = await Promise.all(sight.hosts.map((host) => ask(host, examination, signal)));
    return [...pool, ...(await checkAgents(examination)), ...asked.flat()];
  },
};

const TWO_COPIES = "two copies of a VM are possible after a network split";

/** Agents that are not run, and agents whose word nobody has tried. */
async function checkAgents({ ports, settings }: Examination): Promise<readonly Finding[]> {
  const { warn } = findingsOf("fence-agents");
  const reports = await methodReports(ports, settings, []);
  const findings: Finding[] = [];
  for (const { method, report } of reports) {
    const { ignoredAgent, untestedAgent } = report;
    if (ignoredAgent !== null) {
      const cure = `mv ${ignoredAgent} ${ignoredAgent}.old, when it is not needed`;
      findings.push(warn(ignoredText(ignoredAgent, method), cure));
    }
    if (untestedAgent !== null) {
      const cure = "ha-cfg fence-test, on every host, while all hosts are up";
      findings.push(warn(untestedText(untestedAgent), cure));
    }
  }
  return findings;
}

async function ask(
  host: SeenHost,
  examination: Examination,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { ok, warn, bad } = findingsOf("fence-devices");
  const { ports, settings } = examination;
  const up = host.isSelf || host.probe?.xapi === "answered" || host.probe?.icmp === "answered";
  const disabled = !enabledHosts(examination).includes(host);
  const states = await deviceStates(host.uuid, settings, ports, signal);
  return states
    .filter(({ method }) => methodProves(method))
    .map(({ method, state }) => {
      const about = `fence device of ${host.name} by ${method}`;
      if (state.kind === "not-asked")
        return warn(`${about} cannot be asked: ${state.why}`, "let the agent know the action status");
      const wrong = whatIsWrong(state, up);
      if (wrong === null) return ok(`${about}: ${state.kind}`);
      const cure = `mend that, then ha-cfg fence-test ${host.name}`;
      return disabled ? warn(`${about}: ${wrong}`, cure) : bad(`${about}: ${wrong}`, cure);
    });
}
