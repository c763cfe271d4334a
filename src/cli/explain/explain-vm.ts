import { notBeforeMs } from "../../core/pace/flapping.ts";
import type { ListedVm } from "../../ports/pool-database.ts";
import { proofOf, silenceS } from "../plan-times.ts";
import { spanText } from "../screens/status-words.ts";
import { nameOf, type Sight } from "../sight/sight.ts";
import { describeVm, type VmHa } from "../vm-management.ts";
import { nextOfHost } from "./explain-host.ts";
import {
  conditionsAbout,
  type Explained,
  type ExplainFacts,
  elsewhere,
  memoryOf,
  type Next,
  open,
  until,
  whyNothing,
} from "./explanation.ts";

/** One VM: what it is, why, and what would happen. */
export function explainVm(vm: ListedVm, facts: ExplainFacts): Explained {
  const { sight } = facts;
  const pool = sight.pool;
  if (pool === null) throw new RangeError("Cannot explain a VM of a pool that is not known");
  const described = describeVm(vm, pool.uuid, sight.resolved.settings);
  return { now: nowOf(vm, facts), why: whyOf(vm, described, facts), next: nextOfVm(vm, described, facts) };
}

function hostOf({ uuid }: ListedVm, { database }: Sight) {
  if (!database.ok) return null;
  return (
    database.value.hosts.find(({ residents }) => residents.some((one) => one.uuid === uuid))?.uuid ?? null
  );
}

function nowOf(vm: ListedVm, facts: ExplainFacts): string {
  const { sight, nowMs } = facts;
  const on = hostOf(vm, sight);
  if (vm.powerState === "Running") return on === null ? "it runs" : `it runs on ${nameOf(sight, on)}`;
  if (vm.powerState !== "Halted") return `it is ${vm.powerState.toLowerCase()}`;
  if (vm.scheduledOn !== null) return `it is being started on ${nameOf(sight, vm.scheduledOn)}`;
  const sinceMs = memoryOf(facts)?.down[keyOf(vm, facts)]?.sinceMs;
  const since =
    sinceMs === undefined ? "" : `, since ${spanText(Math.max(0, Math.round((nowMs - sinceMs) / 1_000)))}`;
  return `it is halted${since}${vm.busy ? "; an operation on it is in progress in XAPI" : ""}`;
}

/** Under what the iterations remember it: itself, or with OP_MODE=1 its appliance. */
function keyOf({ uuid, appliance }: ListedVm, { sight }: ExplainFacts): string {
  return sight.resolved.settings.OP_MODE === 1 ? (appliance ?? uuid) : uuid;
}

function whyOf(
  vm: ListedVm,
  { managed, why, caveat, stopped }: VmHa,
  facts: ExplainFacts,
): readonly string[] {
  const failure = memoryOf(facts)?.down[keyOf(vm, facts)]?.failure ?? null;
  const isHalted = vm.powerState === "Halted";
  return [
    ...new Set([
      `HA ${managed ? "looks" : "does not look"} after it: ${why}`,
      ...(managed && isHalted && caveat !== null ? [caveat.replace(/^it/, "It")] : []),
      ...(stopped === null ? [] : [`It was ${stopped.text}`.replace(/^It was (?=it )/, "")]),
      ...(failure === null || !isHalted ? [] : [`Its last start failed: ${failure.why.replace(/\.$/, "")}`]),
      ...conditionsAbout(facts, "vm", [vm.uuid, vm.name]),
    ]),
  ];
}

function nextOfVm(vm: ListedVm, described: VmHa, facts: ExplainFacts): readonly Next[] {
  const nothing = whyNothing(facts.report);
  if (nothing !== null) return [open(`Nothing is done: ${nothing}`)];
  if (!described.managed) return [open("HA does not start it, whatever happens")];
  if (vm.powerState === "Running") return nextOfRunning(vm, facts);
  if (vm.powerState !== "Halted")
    return [open(`HA leaves a VM alone that is ${vm.powerState.toLowerCase()}`)];
  if (described.caveat !== null) return [open("It is not started as it is")];
  if (described.stopped?.staysDown === true) return [open("It stays down")];
  return nextOfHalted(vm, facts);
}

function nextOfRunning(vm: ListedVm, facts: ExplainFacts): readonly Next[] {
  const { sight, report, foresee } = facts;
  const { settings } = sight.resolved;
  const again = open("If it ended by itself, it would be started again");
  const on = hostOf(vm, sight);
  const host = report.hosts.find(({ uuid }) => uuid === on);
  if (on === null || host === undefined) return [again];
  if (host.state === "suspect" || host.state === "failed" || host.state === "silent") {
    return nextOfHost(host, facts).map((next) => ({ ...next, text: `${host.name}: ${next.text}` }));
  }
  const if_ = `If ${host.name} failed`;
  if (!host.enabled)
    return [again, open(`${if_}, it would not be fenced, for it is disabled, and this VM would wait for it`)];
  if (report.notFencing !== null)
    return [
      again,
      open(`${if_}, it would not be started elsewhere: no host is fenced now (${report.notFencing})`),
    ];
  const proof = proofOf(settings, sight.hosts.length);
  const limit = proof.atMostS === null ? "" : ` within ${proof.atMostS} s`;
  const noticed = `${if_}, that would be noticed after about ${silenceS(settings)} s, and proved off${limit}: ${proof.text}`;
  const fate = foresee?.([on]).find(({ uuid }) => uuid === vm.uuid)?.fate;
  if (fate === undefined) return [again, open(noticed)];
  const then =
    fate.kind === "starts"
      ? `Then it would be started on ${nameOf(sight, fate.host)}`
      : fate.kind === "no-host"
        ? `Then no host could run it: ${fate.why}`
        : "Then it would be left down";
  return [again, open(noticed), open(then)];
}

/** HA is to start it: what it waits for. */
function nextOfHalted(vm: ListedVm, facts: ExplainFacts): readonly Next[] {
  const { foresee, sight, nowMs } = facts;
  const memory = memoryOf(facts);
  const key = keyOf(vm, facts);
  const there = elsewhere(facts, `ha-cfg explain vm ${vm.uuid}`);
  const retry = memory?.retries[`${key === vm.uuid ? "start-vm" : "start-appliance"}:${key}`];
  const isWaiting = retry !== undefined && retry.notBeforeMs > nowMs;
  const haltsMs = notBeforeMs(memory?.restarts[key], nowMs);
  const fate = foresee?.([]).find(({ uuid }) => uuid === vm.uuid)?.fate;
  return [
    ...(there === null ? [] : [open(there)]),
    ...(vm.busy && vm.scheduledOn === null ? [open("It waits until that operation has ended")] : []),
    ...(isWaiting
      ? [until("Its start is tried again, sooner if what it lacked is back", retry.notBeforeMs, nowMs)]
      : []),
    ...(haltsMs > nowMs ? [until("It halts again and again, so its next start waits", haltsMs, nowMs)] : []),
    ...(fate?.kind === "starts"
      ? [open(`It is started on ${nameOf(sight, fate.host)} when nothing else holds it`)]
      : []),
    ...(fate?.kind === "no-host"
      ? [open(`No host can run it: ${fate.why}; it is started as soon as one can`)]
      : []),
    ...(fate === undefined && there === null ? [open("It is started as soon as nothing holds it")] : []),
  ];
}
