import { refusedCount, refusedText } from "../../core/group/publish.ts";
import { waysTo } from "../../core/group/ways.ts";
import { heardHostText } from "../screens/hearing-words.ts";
import { hearingReport } from "../status/hearing-report.ts";
import type { HeardHostReport, HearingReport } from "../status/status-report.ts";
import { type Check, type Examination, type Finding, findingsOf } from "./check.ts";

/** The monitors of all hosts hear each other, over every network there is, and nobody else speaks on their port. */
export const heartbeatCheck: Check = {
  name: "heartbeats",
  limitMs: () => 2_000,
  async run(examination) {
    const { ports, sight } = examination;
    const { warn, bad } = findingsOf("heartbeats");
    if (sight.hosts.length < 2) return [];
    const hearing = hearingReport(sight, ports.clock.uptimeMs());
    if (hearing === null)
      return [
        warn("which hosts are heard is not known: the monitor of this host has published nothing just now"),
      ];
    if (hearing.trouble !== null)
      return [
        bad(
          `no heartbeats are exchanged: ${hearing.trouble}`,
          "see what is said there; the monitor tries again",
        ),
      ];
    return [
      ...hearing.hosts.flatMap((host) => [judge(host, examination), ...silentWays(host, examination)]),
      ...refused(hearing),
    ];
  },
};

function judge(host: HeardHostReport, { sight, settings }: Examination): Finding {
  const { ok, warn, bad } = findingsOf("heartbeats");
  const text = heardHostText(host);
  const enabled = sight.hosts.find(({ uuid }) => uuid === host.uuid)?.enabled === true;
  if (host.heard === "direct") return host.misses?.length === 0 ? ok(text) : warn(text, BETWEEN);
  if (host.heard === "reported") return bad(text, BETWEEN);
  if (!enabled) return warn(text);
  const port = settings.HEARTBEAT_PORT;
  return bad(text, `see the service ha-lizard there, and that UDP port ${port} is open between the hosts`);
}

/** A second way that is broken is seen by nobody, until the first one breaks as well. */
function silentWays(
  { uuid, name, heard, addresses }: HeardHostReport,
  { sight }: Examination,
): readonly Finding[] {
  const known = sight.memory?.memory.lastGood?.hosts.find((host) => host.uuid === uuid);
  if (heard !== "direct" || known === undefined) return [];
  const silent = waysTo([known]).filter((address) => !addresses.includes(address));
  return silent.map((address) =>
    findingsOf("heartbeats").warn(
      `nothing is heard from ${name} over its address ${address}`,
      "see this network: it would be a further way between the two",
    ),
  );
}

const BETWEEN = "see the network between the two";

function refused({ refused: counts }: HearingReport): readonly Finding[] {
  const sum = refusedCount(counts);
  if (sum === 0) return [];
  const text = `datagrams were refused since the monitor began: ${refusedText(counts)}`;
  return [findingsOf("heartbeats").warn(text, "see who sends to the port of the heartbeats")];
}
