import type { PowerDevice, PowerReading, SwitchAnswer } from "../device.ts";
import { isWanted } from "./choose-system.ts";
import { type Fault, final, passing } from "./fault.ts";
import { type FoundSystem, findSystem } from "./find-system.ts";
import { isSameMachine, readMachineId } from "./machine-id.ts";
import type { RedfishClient } from "./redfish-client.ts";
import { chooseResetType } from "./reset-type.ts";
import { type ResetAction, readActionInfo, readSystem, type SystemFacts } from "./resources.ts";

const SETTLE_MS = 2_000;

export interface RedfishTarget {
  /** For people: `192.0.2.7:8443`. */
  readonly address: string;
  /** Id or UUID of the system; null when the service has only one. */
  readonly system: string | null;
  /** The systems of other hosts at this address, each with its line in REDFISH.hosts. */
  readonly taken: readonly { readonly system: string; readonly line: number }[];
}

/**
 * A system behind a Redfish service. The way to it is found once, as each request is a handshake, of which a small
 * controller may need a second; who it is, is looked at in every answer.
 */
export class RedfishDevice implements PowerDevice {
  readonly name: string;
  readonly settleMs = SETTLE_MS;
  private readonly client: RedfishClient;
  private readonly target: RedfishTarget;
  private readonly say: (text: string) => void;
  /** Who it was proved to be in this attempt, at which place. */
  private found: FoundSystem | null = null;
  private told = false;

  constructor(client: RedfishClient, target: RedfishTarget, say: (text: string) => void) {
    this.client = client;
    this.target = target;
    this.say = say;
    this.name = `Redfish ${target.address}${target.system === null ? "" : `/${target.system}`}`;
  }

  async read(signal: AbortSignal): Promise<PowerReading> {
    const system = await (this.found === null ? this.find(signal) : this.readAgain(this.found, signal));
    return system.ok ? system.power : { kind: "unknown", why: system.why, final: system.final };
  }

  async switchPower(to: "on" | "off", signal: AbortSignal): Promise<SwitchAnswer> {
    const system = this.found ?? (await this.find(signal));
    if (!system.ok) return { kind: "refused", why: system.why, final: system.final };
    if (system.reset === null) return { kind: "refused", why: "it offers no ComputerSystem.Reset" };
    const allowed = await this.allowed(system.reset, signal);
    if (allowed !== null && "why" in allowed) return { kind: "refused", ...allowed };
    const choice = chooseResetType(to, allowed);
    if ("why" in choice) return { kind: "refused", why: choice.why, final: true };
    const done = await this.client.post(system.reset.target, { ResetType: choice.type }, signal);
    return done.ok ? { kind: "accepted" } : { kind: "refused", why: done.why, final: done.final };
  }

  private async find(signal: AbortSignal): Promise<FoundSystem | Fault> {
    const { system, taken } = this.target;
    const found = await findSystem(this.client, system, signal);
    if (!found.ok) return found;
    const other = taken.find((line) => isWanted(line.system, found));
    if (other !== undefined)
      return final(
        `it is the system of another host, too: ${other.system} in line ${other.line} of REDFISH.hosts`,
      );
    this.found = found;
    return found;
  }

  private async readAgain(known: FoundSystem, signal: AbortSignal): Promise<FoundSystem | Fault> {
    const got = await this.client.get(known.link, signal);
    if (!got.ok) return got;
    const system: FoundSystem = { ...readSystem(got.body), ok: true, link: known.link };
    if (!isStill(known, system))
      return passing(
        `it is another machine now: Id ${system.id ?? "?"} UUID ${system.uuid ?? "?"}, it was Id ${known.id ?? "?"} UUID ${known.uuid ?? "?"}`,
      );
    if (system.uuid === null && known.uuid !== null && !this.told) {
      this.told = true;
      this.say(
        `${this.name}: it tells no UUID now; before the order it was ${known.uuid}, at the same place`,
      );
    }
    // A machine that does not tell who it is while it is off is still the one that was proved before.
    this.found = { ...system, uuid: system.uuid ?? known.uuid };
    return this.found;
  }

  /** Null when it does not say, or not now: an order that may be refused is better than none. */
  private async allowed(reset: ResetAction, signal: AbortSignal): Promise<readonly string[] | Fault | null> {
    if (reset.allowed !== null || reset.infoLink === null) return reset.allowed;
    const got = await this.client.get(reset.infoLink, signal);
    if (got.ok) return readActionInfo(got.body);
    return got.final ? got : null;
  }
}

/** A UUID that is missing contradicts nothing, where the Id is the same; any other does. */
function isStill(known: SystemFacts, now: SystemFacts): boolean {
  const [before, after] = [readMachineId(known.uuid ?? ""), readMachineId(now.uuid ?? "")];
  if (before !== null && after !== null) return isSameMachine(before, after);
  return known.id === now.id;
}
