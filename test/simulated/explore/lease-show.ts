import type { HostUuid } from "../../../src/core/model/ids.ts";
import type { LeaseHost } from "./lease-hosts.ts";
import { isVictim, type LeasesSize, VICTIM } from "./lease-size.ts";
import { isLeading } from "./lease-steps.ts";
import type { Letter } from "./leases.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";
import { termText } from "./votes.ts";

const ageText = (ms: number | null): string => (ms === null ? "-" : `${(NOW_MS - ms) / UNIT_MS}`);

export function showHost(one: LeaseHost, size: LeasesSize): string {
  const { leases, voting, hearing } = one.group;
  const { victim } = one;
  const { roll, before } = voting.stored;
  const rolls = [roll, before]
    .flatMap((shown) =>
      shown === null
        ? []
        : [
            `${termText(shown.id.term)}.${shown.id.version}${shown.hosts.some(({ host, leaseMs }) => isVictim(host) && leaseMs !== null) ? "+" : "-"}`,
          ],
    )
    .join(" after ");
  if (victim !== null) {
    if (victim.isOff) return "OFF";
    const { lease, slots, order, wishMs } = victim;
    const said =
      lease.saidMs === null
        ? lease.withdrawnMs === null
          ? "says none"
          : `took it back ${ageText(lease.withdrawnMs)}`
        : "says lease";
    const orders =
      order === null ? "" : ` (to disarm ${order.disarm}${order.armMs === null ? "" : ", to arm"})`;
    return `${said}${wishMs === null ? ", unwished" : ""} slots ${slots.map(({ armedMs }) => ageText(armedMs)).join(" ")}${orders} acked ${ageText(leases.ownAckedMs)} ${rolls}`;
  }
  const heard = hearing.peers.get(VICTIM as HostUuid);
  const acked = leases.heard.map((ack) => `${ageText(ack.ms)} heard ${ageText(ack.heardMs)}`).join(", ");
  const mandate = isLeading(one, size) ? " MANDATE" : "";
  const over = leases.over.length === 0 ? "" : " OVER";
  const led = leases.led === null ? "" : ` led ${ageText(leases.led.sinceMs)}`;
  return `${termText(voting.stored.term)} ${rolls} number ${ageText(heard?.newest?.ms ?? null)} acked ${acked}${led}${mandate}${over}`;
}

export function showLetter({ kind, message }: Letter): string {
  const { from, to, number, vote } = message;
  if (kind === "roll")
    return `${from}>${to} roll ${termText(message.roll.id.term)}.${message.roll.id.version}`;
  const acks = message.acks.map(({ ms }) => ` acknowledges ${ageText(ms)}`).join("");
  const heard = message.heard.map(({ numberMs }) => ` reports ${ageText(numberMs)}`).join("");
  const roll =
    vote.roll === null ? "" : ` ${termText(vote.roll.term)}.${vote.roll.version}${vote.settled ? "" : "?"}`;
  return `${from}>${to} ${ageText(number.ms)}${isVictim(from) && vote.leaseMs !== null ? " lease" : ""}${roll}${acks}${heard}`;
}
