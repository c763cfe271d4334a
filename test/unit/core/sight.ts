import type { GroupSight, SightOfRoll, TieSight } from "../../../src/core/model/group-sight.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";

/** What a test says of the group: what it leaves out is as in `leads`. */
export type SightOver = Partial<Omit<GroupSight, "roll">> & { readonly roll?: Partial<SightOfRoll> | null };

/** Of a master that the first leader has named in its first roll, where that was the host itself. */
export const officeOf = (host: HostUuid): string => `1.${host}.1`;

/** A mandate that no test outlives. */
export const FOR_LONG_MS = 1e12;

/** What the monitor of a host publishes that leads a settled roll, with a mandate, since its uptime began. */
export function leads(
  self: HostUuid,
  hosts: readonly HostUuid[],
  { roll, ...over }: SightOver = {},
): GroupSight {
  const whole: SightOfRoll = {
    ...{ hosts, master: self, office: officeOf(self), ha: true, settled: true, entered: hosts },
    ...{ storedBy: hosts, disarms: [], disarmWord: 0 },
  };
  return {
    lead: "leads",
    leader: self,
    sinceMs: 0,
    mandateUntilMs: FOR_LONG_MS,
    agreedAtMs: null,
    awaited: [],
    confirmedOff: [],
    leases: [],
    leaseOver: [],
    ownLease: null,
    tie: null,
    tieTest: null,
    trouble: null,
    ...over,
    roll: roll === null ? null : { ...whole, ...roll },
  };
}

/** It hears nobody who leads. */
export const NOBODY_LEADS = { lead: "none", leader: null, mandateUntilMs: null } satisfies SightOver;

/** Another host leads, and this one hears it. */
export const isLedBy = (leader: HostUuid): SightOver => ({ lead: "hears", leader, mandateUntilMs: null });

/** The tie of an even roll, which nobody has claimed and nobody needs. */
export function tieOf(over: Partial<TieSight> = {}): TieSight {
  const none = {
    holder: null,
    need: "none",
    isClaiming: false,
    trouble: null,
    troubleSinceMs: null,
  } as const;
  return { name: "1.a.1.b.ssh.0", decides: true, ...none, ...over };
}
