import type { XapiResult } from "../../../src/core/model/pool-view.ts";
import { buildWorld } from "../../../src/simulation/build.ts";
import { VirtualClock } from "../../../src/simulation/clock.ts";
import { understand } from "../../../src/simulation/ports/transport.ts";
import type { PoolSpec } from "../../../src/simulation/spec.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../../src/simulation/timings.ts";
import type { World } from "../../../src/simulation/world.ts";
import type { Answer } from "../../../src/simulation/xapi/answer.ts";
import { handle } from "../../../src/simulation/xapi/route.ts";
import { beginWhole } from "../../../src/simulation/xapi/start.ts";

/** A call that is under way: its answer once there is one, and how long it took. */
export interface Asked {
  answer: Answer | null;
  tookMs: number;
}

/** For the simulator's own tests: a world on virtual time, and raw JSON-RPC to its hosts. */
export class Caller {
  readonly clock = new VirtualClock();
  readonly world: World;
  private id = 0;

  constructor(spec: PoolSpec, timings: Partial<Timings> = {}) {
    this.world = buildWorld(spec, this.clock, { timings: { ...DEFAULT_TIMINGS, ...timings } });
    beginWhole(this.world);
  }

  ref(host: number): string {
    return this.world.host(host).ref;
  }

  vm(name: string): string {
    return this.world.vmNamed(name).ref;
  }

  /** Begins a call and goes on. */
  begin(host: number, method: string, params: readonly unknown[], channel: "unix" | "tcp" = "unix"): Asked {
    this.id += 1;
    const asked: Asked = { answer: null, tookMs: 0 };
    const begunMs = this.clock.nowMs();
    void handle(this.world, host, channel, { jsonrpc: "2.0", id: this.id, method, params }).then((answer) => {
      asked.answer = answer;
      asked.tookMs = this.clock.nowMs() - begunMs;
    });
    return asked;
  }

  /** A call with a deadline: null in the place of the answer means that it hung that long. */
  async ask(
    host: number,
    method: string,
    params: readonly unknown[],
    options: AskOptions = {},
  ): Promise<Asked> {
    const asked = this.begin(host, method, params, options.channel);
    await this.clock.runUntil(
      () => asked.answer !== null,
      this.clock.nowMs() + (options.withinMs ?? 120_000),
    );
    return asked;
  }

  /** The result of a call that must succeed. */
  async get(host: number, method: string, params: readonly unknown[]): Promise<unknown> {
    const result = outcome(await this.ask(host, method, params));
    if (!result.ok) throw new Error(`${method}: ${JSON.stringify(result.fault)}`);
    return result.value;
  }

  async login(host: number): Promise<string> {
    return String(await this.get(host, "session.login_with_password", ["root", "", "1.0", "test"]));
  }

  async localLogin(host: number): Promise<string> {
    return String(await this.get(host, "session.slave_local_login_with_password", ["root", ""]));
  }

  /** enabled and live of each host, and where each VM is, as one host's master database has it. */
  view(host: number): { hosts: string[]; vms: Record<string, string> } {
    const { database } = this.world.host(host);
    const number = (ref: unknown) => this.world.hosts.find((one) => one.ref === ref)?.number;
    const hosts = this.world.hosts.map(({ ref, metricsRef }) => {
      const enabled = database.get("host", ref)?.["enabled"] === true ? "enabled" : "disabled";
      return `${enabled} ${database.get("host_metrics", metricsRef)?.["live"] === true ? "live" : "dead"}`;
    });
    const vms = [...this.world.vms.values()].map(({ ref, name }) => {
      const vm = database.get("VM", ref);
      const on = number(vm?.["resident_on"]);
      return [
        name,
        vm === undefined ? "unknown" : `${String(vm["power_state"])}${on === undefined ? "" : ` h${on}`}`,
      ];
    });
    return { hosts, vms: Object.fromEntries(vms) as Record<string, string> };
  }

  /** When something of that name was recorded for a host, after `sinceMs`. */
  when(what: string, host: number, sinceMs = 0): number | null {
    const found = this.world.log.find(
      (entry) =>
        entry.what === what && entry["host"] === host && entry.atMs >= sinceMs && entry["present"] !== false,
    );
    return found?.atMs ?? null;
  }
}

export interface AskOptions {
  readonly withinMs?: number;
  readonly channel?: "unix" | "tcp";
}

/** What a client makes of it; a hang is a timeout. */
export function outcome(asked: Asked): XapiResult<unknown> {
  return asked.answer === null ? { ok: false, fault: { kind: "timeout" } } : understand(asked.answer);
}

/** In one word: `ok`, an API error's code, or the kind of the fault. */
export function verdict(asked: Asked): string {
  const result = outcome(asked);
  if (result.ok) return "ok";
  return result.fault.kind === "api" ? result.fault.code : result.fault.kind;
}
