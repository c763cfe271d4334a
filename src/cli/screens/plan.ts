import { describeRemedy, describeStop } from "../../core/intent/stop-words.ts";
import type { HostUuid, VmUuid } from "../../core/model/ids.ts";
import type { DatabaseView } from "../../core/model/pool-view.ts";
import type { Fate, Foreseen } from "../../core/restart/foresee.ts";
import type { RestartRefusal } from "../../core/restart/restart-plan.ts";
import type { Proof } from "../plan-times.ts";
import { indent, plainText, renderColumns, wrapText } from "./text.ts";

/** What `plan --json` says of one failure. */
export interface PlanReport {
  /** Names of the hosts that fail together. */
  readonly ifFails: readonly string[];
  readonly vms: readonly PlannedVm[];
}

interface PlannedVm {
  readonly uuid: string;
  readonly name: string;
  /** The name of the host on which it runs now. */
  readonly on: string | null;
  /** `left`: HA would not start it, whatever hosts there are. */
  readonly fate: Exclude<Fate["kind"], "stopped">;
  /** The name of the host on which it would run; null: on none. */
  readonly to: string | null;
  /** Beside another VM from which it should be kept apart. */
  readonly together: boolean;
  readonly why: string | null;
}

export interface PlanTimes {
  readonly silenceS: number;
  readonly proof: Proof;
}

const LEFT: Partial<Record<RestartRefusal, string>> = {
  "not-managed": "HA does not look after it",
  "start-blocked": "its start is blocked",
  "never-ran-here": "it has not run in this pool yet",
  "home-is-another-pool": "its home is another pool",
  "operation-in-progress": "an operation on it is in progress",
};

export function planReport(
  failed: readonly HostUuid[],
  foreseen: readonly Foreseen[],
  { hosts }: DatabaseView,
): PlanReport {
  const names = new Map(hosts.map(({ uuid, name }) => [uuid, name]));
  const nameOf = (uuid: HostUuid | null): string | null => (uuid === null ? null : (names.get(uuid) ?? uuid));
  return {
    ifFails: failed.map((uuid) => names.get(uuid) ?? uuid),
    vms: foreseen.map(({ uuid, name, on, fate }) => ({
      ...{ uuid, name, on: nameOf(on), fate: fate.kind === "stopped" ? "left" : fate.kind },
      to: fate.kind === "starts" ? nameOf(fate.host) : fate.kind === "stays" ? nameOf(on) : null,
      together: fate.kind === "starts" && fate.isTogether,
      why: whyOf(uuid, fate),
    })),
  };
}

function whyOf(vm: VmUuid, fate: Fate): string | null {
  if (fate.kind === "stopped")
    return `it was ${describeStop(fate.stop)}, and stays down: ${describeRemedy(fate.stop, vm)}`;
  if (fate.kind === "no-host") return `no host can run it: ${fate.why}`;
  return fate.kind === "left" ? (LEFT[fate.why] ?? fate.why) : null;
}

const HEAD = ["VM", "NOW", "THEN"];

/** One failure, with every VM that it concerns. */
export function renderPlan(plan: PlanReport, times: PlanTimes): string {
  const concerned = plan.vms.filter(({ fate }) => fate !== "stays");
  const rows = concerned.map(({ name, on, to, together, fate }) => [
    plainText(name),
    on ?? "down",
    to === null ? (fate === "left" ? "left down" : "no host") : `${to}${together ? " (not apart)" : ""}`,
  ]);
  const table = rows.length === 0 ? "  No VM runs there.\n" : indent(renderColumns([HEAD, ...rows]));
  const whys = concerned.flatMap(({ name, why }) =>
    why === null ? [] : wrapText(`${plainText(name)}: ${why}.`, "    ", "  "),
  );
  const staying = plan.vms.length - concerned.length;
  return [
    `If ${plan.ifFails.join(" and ")} failed now:\n`,
    timesText(times),
    "\n",
    table,
    ...(whys.length === 0 ? [] : ["\n", ...whys]),
    staying === 1 ? "\n  1 other VM stays as it is.\n" : `\n  ${staying} other VMs stay as they are.\n`,
  ].join("");
}

/** Each host in turn: how many of its VMs would be started again, and which not. */
export function renderPlans(plans: readonly PlanReport[], times: PlanTimes): string {
  const rows = plans.map((plan): readonly string[] => {
    const lost = plan.vms.filter(({ fate }) => fate === "no-host");
    const starts = plan.vms.filter(({ fate }) => fate === "starts").length;
    const left = plan.vms.filter(({ fate, on }) => fate === "left" && on !== null).length;
    return [...plan.ifFails, String(starts), String(lost.length), String(left)];
  });
  const bad = plans.filter(({ vms }) => vms.some(({ fate }) => fate === "no-host"));
  const verdict =
    bad.length === 0
      ? "Whichever host fails, the others have room for the VMs that HA looks after.\n"
      : wrapText(
          `If ${bad.map(({ ifFails }) => ifFails.join()).join(" or ")} failed, some VMs would have no host: ha-cfg plan --if-host-fails ${bad[0]?.ifFails.join() ?? ""}`,
          "",
        );
  return [
    "If one host failed now:\n",
    timesText(times),
    "\n",
    indent(renderColumns([["HOST", "STARTED", "NO HOST", "LEFT DOWN"], ...rows])),
    `\n${verdict}`,
  ].join("");
}

function timesText({ silenceS, proof }: PlanTimes): string {
  const limit = proof.atMostS === null ? "" : `, within ${proof.atMostS} s`;
  return [
    `  noticed     after about ${silenceS} s of silence\n`,
    wrapText(`${proof.text}${limit}`, " ".repeat(14), "  proved off  "),
  ].join("");
}
