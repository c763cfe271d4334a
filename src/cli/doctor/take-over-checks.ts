import { type Check, type Finding, findingsOf } from "./check.ts";

/** Somebody takes the master's place when it dies, and starts VMs then. */
export const takeOverCheck: Check = {
  name: "take-over",
  limitMs: () => 1_000,
  async run({ settings, sight }): Promise<readonly Finding[]> {
    const { warn } = findingsOf("take-over");
    if (sight.hosts.length < 2) return [];
    if (!settings.PROMOTE_SLAVE)
      return [
        warn(
          "PROMOTE_SLAVE=0: when the master dies no host takes its place, and no VM is started again before it is back",
          "ha-cfg set PROMOTE_SLAVE 1",
        ),
      ];
    if (settings.SLAVE_HA) return [];
    return [
      warn(
        "SLAVE_HA=0: a host that has taken the place of a dead master starts no VM",
        "ha-cfg set SLAVE_HA 1",
      ),
    ];
  },
};
