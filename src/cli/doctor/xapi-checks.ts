import { describeFault } from "../../core/alerts/describe-fault.ts";
import { HELD_UNTIL } from "../screens/status-words.ts";
import { type Check, type Finding, findingsOf } from "./check.ts";

/** Slower than this, a pass spends most of its time waiting. */
const SLOW_MS = 2_000;

/** XAPI answers, how fast, and its own HA is off. */
export const xapiCheck: Check = {
  name: "xapi",
  limitMs: () => 1_000,
  async run({ sight }) {
    const { ok, warn, bad } = findingsOf("xapi");
    const { database, readMs, self } = sight;
    const isHeld = self !== null && self.heldSinceMs !== null && !self.xapiAnswers;
    if (isHeld && !database.ok) return [warn(HELD_UNTIL, HELD_CURE)];
    if (!database.ok) {
      const slave = self?.role.kind === "slave";
      const who = slave ? `the master ${self.role.masterAddress}` : "XAPI of this host";
      const cure = slave
        ? "see whether the master is up; what follows is from the caches of this host"
        : "see systemctl status xapi, or xe-toolstack-restart";
      return [bad(`${who} gives no pool database: ${describeFault(database.fault)}`, cure)];
    }
    const speed =
      readMs > SLOW_MS
        ? warn(
            `XAPI answers, but needs ${Math.round(readMs)} ms for a read`,
            "see what keeps the master busy",
          )
        : ok(`XAPI answers in ${Math.round(readMs)} ms`);
    const silent = isHeld ? [warn(HELD_UNTIL, HELD_CURE)] : own(self?.xapiAnswers ?? null);
    return [speed, silent, xapiHa(database.value.pool.haEnabled)].flat();
  },
};

/** Its start could end VMs that the database has elsewhere. */
const HELD_CURE =
  "see the log of this host (ha-cfg log) for what does not agree; service ha-lizard stop lets it start regardless";

function own(answers: boolean | null): readonly Finding[] {
  const { bad } = findingsOf("xapi");
  if (answers !== false) return [];
  return [
    bad(
      "XAPI of this host does not answer on the loopback address, by which it is watched",
      "see whether it listens on ports 443 and 80",
    ),
  ];
}

function xapiHa(on: boolean): Finding {
  const { ok, bad } = findingsOf("xapi-ha");
  if (!on) return ok("XAPI's own HA is off");
  return bad("XAPI's own HA is on: HA-Lizard does nothing beside it", "xe pool-ha-disable, or use only that");
}
