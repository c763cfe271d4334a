import type { PowerDevice, PowerReading, SwitchAnswer } from "../device.ts";
import { isWanted } from "./choose-system.ts";
import { type FoundSystem, findSystem } from "./find-system.ts";
import type { RedfishClient } from "./redfish-client.ts";
import { chooseResetType } from "./reset-type.ts";
import { type ResetAction, readActionInfo, readSystem } from "./resources.ts";

const SETTLE_MS = 2_000;

/**
 * A system behind a Redfish service. The way to it is found once, as each request is a handshake, of which a small
 * controller may need a second; who it is, is looked at in every answer.
 */
export class RedfishDevice implements PowerDevice {
  readonly name: string;
  readonly settleMs = SETTLE_MS;
  private readonly client: RedfishClient;
  private readonly wanted: string | null;
  private found: FoundSystem | null = null;

  /** `wanted`: Id or UUID of the system, null when the service has only one. */
  constructor(client: RedfishClient, address: string, wanted: string | null) {
    this.client = client;
    this.wanted = wanted;
    this.name = `Redfish ${address}${wanted === null ? "" : `/${wanted}`}`;
  }

  async read(signal: AbortSignal): Promise<PowerReading> {
    const system = await (this.found === null ? this.find(signal) : this.readAgain(this.found, signal));
    return typeof system === "string" ? { kind: "unknown", why: system } : system.power;
  }

  async switchPower(to: "on" | "off", signal: AbortSignal): Promise<SwitchAnswer> {
    const system = this.found ?? (await this.find(signal));
    if (typeof system === "string") return { kind: "refused", why: system };
    if (system.reset === null) return { kind: "refused", why: "it offers no ComputerSystem.Reset" };
    const choice = chooseResetType(to, await this.allowed(system.reset, signal));
    if ("why" in choice) return { kind: "refused", why: choice.why };
    const done = await this.client.post(system.reset.target, { ResetType: choice.type }, signal);
    return done.ok ? { kind: "accepted" } : { kind: "refused", why: done.why };
  }

  private async find(signal: AbortSignal): Promise<FoundSystem | string> {
    const found = await findSystem(this.client, this.wanted, signal);
    if (typeof found !== "string") this.found = found;
    return found;
  }

  private async readAgain(known: FoundSystem, signal: AbortSignal): Promise<FoundSystem | string> {
    // Whatever goes wrong: the next look begins at the service's root.
    this.found = null;
    const got = await this.client.get(known.link, signal);
    if (!got.ok) return got.why;
    const system = { ...readSystem(got.body), link: known.link };
    if (system.uuid !== known.uuid || (this.wanted !== null && !isWanted(this.wanted, system)))
      return `it is another machine now: UUID ${system.uuid ?? "?"}, it was ${known.uuid ?? "?"}`;
    this.found = system;
    return system;
  }

  /** Null when it does not say, or not now: an order that may be refused is better than none. */
  private async allowed(reset: ResetAction, signal: AbortSignal): Promise<readonly string[] | null> {
    if (reset.allowed !== null || reset.infoLink === null) return reset.allowed;
    const got = await this.client.get(reset.infoLink, signal);
    return got.ok ? readActionInfo(got.body) : null;
  }
}
