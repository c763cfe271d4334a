import { leaderSaid } from "../screens/group-words.ts";
import { groupStatus } from "../status/group-status.ts";
import type { GroupStatus } from "../status/status-report.ts";
import { type Check, type Examination, type Finding, findingsOf } from "./check.ts";

/** The hosts are a group, it has a leader, and all of them count. */
export const groupCheck: Check = {
  name: "group",
  limitMs: () => 2_000,
  async run(examination) {
    const { ports, sight } = examination;
    const group = groupStatus(sight, ports.clock.uptimeMs());
    const { warn } = findingsOf("group");
    if (group === null)
      return [warn("who leads is not known: the monitor of this host has published nothing just now")];
    return isHaOn(examination) ? judge(group) : [];
  },
};

function isHaOn({ sight }: Examination): boolean {
  return sight.memory?.memory.lastGood?.haFlag === "on";
}

function judge(group: GroupStatus): readonly Finding[] {
  const { ok, warn, bad } = findingsOf("group");
  const { lead, trouble, leftOut, awaited } = group;
  const { text } = leaderSaid(group, true);
  const led = `the leader of the pool: ${text}`;
  const isLed = trouble === null && (lead === "leads" || lead === "hears");
  const isPassing = lead === "elected" || lead === "stands" || lead === "told" || lead === "unsaid";
  const first = isLed
    ? ok(led)
    : isPassing && trouble === null
      ? warn(led, "run this again")
      : bad(led, cureOf(trouble, awaited));
  const out = leftOut.map((name) =>
    warn(`${name} does not count for the pool`, "it does as soon as it is heard; see its service ha-lizard"),
  );
  return [first, ...out];
}

function cureOf(trouble: string | null, awaited: readonly string[]): string {
  if (trouble !== null) return "see the disk of this host: /etc/ha-lizard/state/group";
  if (awaited.length > 0)
    return "see the service ha-lizard there, or begin without them: ha-cfg ha-enable --without HOST";
  return "bring the hosts back that do not answer, and see the network between them";
}
