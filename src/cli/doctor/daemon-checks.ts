import type { DaemonName } from "../../ports/daemons.ts";
import { type Check, type Examination, type Finding, findingsOf } from "./check.ts";

const SERVICES: Readonly<Record<DaemonName, string>> = {
  monitor: "ha-lizard",
  watchdog: "ha-lizard-watchdog",
};
/** An iteration that is asked for now may take as long as the monitor lets it. */
const LATE_MS = 60_000;

/** Monitor and watchdog run on this host, will after its next boot, and iterations end. */
export const daemonCheck: Check = {
  name: "daemons",
  limitMs: () => 2_000,
  async run(examination) {
    const found = await Promise.all(
      (["monitor", "watchdog"] as const).map((name) => examine(name, examination)),
    );
    return [...found.flat(), ...iterations(examination)];
  },
};

async function examine(name: DaemonName, { ports, settings }: Examination): Promise<readonly Finding[]> {
  const { ok, warn, bad } = findingsOf(name);
  const { state, pid, atBoot } = await ports.daemons.look(name);
  const service = SERVICES[name];
  // Without fencing nobody depends on the watchdog's patience.
  const needed = name === "monitor" || settings.FENCE_ENABLED;
  const lack = (text: string, cure: string) => (needed ? bad(text, cure) : warn(text, cure));
  const boot =
    atBoot === false
      ? [lack(`the ${name} is not started when this host boots`, `chkconfig ${service} on`)]
      : atBoot === "unknown"
        ? [warn(`whether the ${name} is started when this host boots is not known`, null)]
        : [];
  switch (state) {
    case "running":
      return boot.length > 0
        ? [ok(`the ${name} runs (pid ${pid})`), ...boot]
        : [ok(`the ${name} runs (pid ${pid}), and is started at boot`)];
    case "stopped-on-purpose":
      return [lack(`the ${name} was stopped by an administrator`, `service ${service} start`), ...boot];
    case "dead":
      return [lack(`the ${name} does not run on this host`, `service ${service} start`), ...boot];
    case "unknown":
      return [warn(`whether the ${name} runs is not known: its pid file cannot be read`, null), ...boot];
  }
}

function iterations({ ports, sight }: Examination): readonly Finding[] {
  const { ok, warn, bad } = findingsOf("iterations");
  const { lastPass, self } = sight;
  const cure = "see the log (ha-cfg log), and whether the monitor runs";
  if (lastPass === null || lastPass.bootId !== self?.bootId)
    return [bad("no iteration has ended since this host booted", cure)];
  const ageMs = ports.clock.uptimeMs() - lastPass.finishedAtMs;
  const text = `the last iteration ended ${Math.round(ageMs / 1_000)} s ago`;
  if (ageMs > lastPass.nextInMs + LATE_MS) return [bad(`${text}, and the next is overdue`, cure)];
  if (lastPass.result !== "done") return [warn(`${text} with: ${lastPass.result}`, cure)];
  return [ok(text)];
}
