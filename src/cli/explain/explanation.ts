import type { HostUuid } from "../../core/model/ids.ts";
import type { Foreseen } from "../../core/restart/foresee.ts";
import type { Sight } from "../sight/sight.ts";
import type { StatusReport } from "../status/status-report.ts";

/** What `ha-cfg explain --json` prints: the schema. Fields may be added; those that are here keep their name and meaning. */
export interface Explanation extends Explained {
  readonly schema: 1;
  readonly kind: "host" | "vm";
  readonly uuid: string;
  readonly name: string;
  /** As in `status`: where all this comes from, how old that is, and why XAPI was silent. */
  readonly source: StatusReport["source"];
  readonly sourceAgeS: number | null;
  readonly xapiFault: string | null;
}

/** The three questions; `why` and `next` are sentences without a full stop, `now` what follows the name. */
export interface Explained {
  readonly now: string;
  readonly why: readonly string[];
  readonly next: readonly Next[];
}

/** What would happen, or what is waited for. */
export interface Next {
  readonly text: string;
  /** In how many seconds, at the most, that is over or happens; null: that has no end that is known. */
  readonly inS: number | null;
}

/** All that an explanation is made of. */
export interface ExplainFacts {
  readonly sight: Sight;
  readonly report: StatusReport;
  /** What would become of every VM if these hosts failed now; null: what VMs need could not be read, or XAPI places them (OP_MODE=1). */
  readonly foresee: ((failed: readonly HostUuid[]) => readonly Foreseen[]) | null;
  readonly nowMs: number;
}

/** What has no end that is known. */
export const open = (text: string): Next => ({ text, inS: null });

/** What is over, or happens, at that time of this host's uptime. */
export const until = (text: string, endMs: number, nowMs: number): Next => ({
  text,
  inS: Math.max(0, Math.ceil((endMs - nowMs) / 1_000)),
});

/** Why HA does nothing at all, as the end of a sentence; null: it acts. */
export function whyNothing({ ha, xapiHa, group }: StatusReport): string | null {
  if (xapiHa === true) return "XAPI's own HA is on, and two of them would fight for the hosts";
  if (ha === "off") return "HA is off (ha-cfg ha-enable)";
  if (ha === "unset") return "HA is neither on nor off (ha-cfg ha-enable)";
  if (ha === null) return "it is not known whether HA is on";
  return group !== null && group.leader === null && group.lead !== "leads"
    ? "no host leads the others now"
    : null;
}

/** The memory of the iterations of this host, if it is of this boot, so that its times say something. */
export function memoryOf({ sight: { memory } }: ExplainFacts) {
  return memory?.ofThisBoot === true ? memory.memory : null;
}

/** Where what is decided is remembered, when that is not this host, with what to do; null: it is this host. */
export function elsewhere({ report: { group } }: ExplainFacts, command: string): string | null {
  if (group === null) return `The monitor of this host says nothing, so what is waited for is not known here`;
  if (group.lead === "leads" || group.leader === null) return null;
  return `${group.leader.name ?? group.leader.uuid} leads, and knows what is waited for: ${command} there`;
}

const OF_VMS = /^(?:vm-|database-wrong|leftover-found)/;

/** What the last iteration had to say of a host, by name, or of a VM, by uuid or name, and what still holds. */
export function conditionsAbout(
  facts: ExplainFacts,
  kind: Explanation["kind"],
  abouts: readonly string[],
): readonly string[] {
  const active = Object.entries(memoryOf(facts)?.alerts.active ?? {});
  return active
    .filter(([key]) => {
      const [of = "", ...about] = key.split(":");
      return OF_VMS.test(of) === (kind === "vm") && abouts.includes(about.join(":"));
    })
    .map(([, body]) => body.replace(/\.$/, ""));
}
