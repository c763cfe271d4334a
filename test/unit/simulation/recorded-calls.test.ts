import { describe, expect, test } from "bun:test";
import { buildWorld } from "../../../src/simulation/build.ts";
import { VirtualClock } from "../../../src/simulation/clock.ts";
import type { Json } from "../../../src/simulation/database.ts";
import { POOL_SECRET } from "../../../src/simulation/spec.ts";
import type { World } from "../../../src/simulation/world.ts";
import type { Answer } from "../../../src/simulation/xapi/answer.ts";
import { handle } from "../../../src/simulation/xapi/route.ts";
import { beginWhole } from "../../../src/simulation/xapi/start.ts";
import recorded from "./transcripts/calls.json" with { type: "json" };

/** A call that was made of a real xapi, and the shape of its answer; references are names like `$host1`. */
interface Case {
  readonly from: string;
  readonly name: string;
  readonly host: number;
  readonly channel: string;
  readonly request: unknown;
  readonly expect: Record<string, unknown>;
  readonly bind?: string;
}

const CASES = recorded as unknown as readonly Case[];

/** Calls of one recording build on each other, so each recording is replayed in a pool of its own, in order. */
class Replay {
  readonly clock = new VirtualClock();
  readonly world: World;
  readonly names = new Map<string, string>();

  constructor() {
    const vms = [{ name: "vm1" }, { name: "vm2", order: 1 }, { name: "running", on: 2 }];
    this.world = buildWorld({ hosts: 2, vms, ha: null }, this.clock);
    beginWhole(this.world);
    const { database } = this.world.host(1);
    database.update("VM", this.world.vmNamed("vm2").ref, { ha_restart_priority: "restart" });
    const [one, two, vm] = [this.world.host(1), this.world.host(2), this.world.vmNamed("vm1")];
    const [pool] = one.database.entries("pool");
    this.name({ $host1: one.ref, $host2: two.ref, $hostUuid1: one.uuid, $vm: vm.ref, $vmUuid: vm.uuid });
    this.name({ $pool: pool?.[0] ?? "", $poolUuid: String(pool?.[1]["uuid"]), "POOL-SECRET": POOL_SECRET });
    const session = "OpaqueRef:session";
    one.xapi?.sessions.set(session, () => ({}));
    this.name({ $session: session });
  }

  private name(names: Record<string, string>): void {
    for (const [name, value] of Object.entries(names)) this.names.set(name, value);
  }

  async call({ host, channel, request, bind }: Case): Promise<Answer> {
    let answer: Answer | undefined;
    const asked = handle(this.world, host, channel === "unix" ? "unix" : "tcp", this.insert(request));
    void asked.then((value) => {
      answer = value;
    });
    await this.clock.runUntil(() => answer !== undefined, this.clock.nowMs() + 60_000);
    if (answer === undefined) throw new Error("the call hung");
    if (bind !== undefined && typeof answer === "object" && answer.http === 200) {
      this.names.set(bind, String((answer.body as Record<string, Json>)["result"]));
    }
    return answer;
  }

  /** Names become this world's references. */
  insert(value: unknown): unknown {
    if (typeof value === "string") {
      const name = this.names.get(value);
      if (name !== undefined) return name;
      return value.replace(/\$[a-zA-Z]+[0-9]*/g, (found) => this.names.get(found) ?? found);
    }
    if (Array.isArray(value)) return value.map((item) => this.insert(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.insert(item)]));
  }

  /** This world's references, uuids and dates become what the recording has in their place. */
  shapeOf(answer: Answer, expected: Record<string, unknown>): Record<string, unknown> {
    if (typeof answer === "string") return { answer };
    if (answer.http === 500) return { status: 500 };
    const body = answer.body as Record<string, Json>;
    const { error } = body;
    if (error !== undefined && error !== null) {
      if (!Array.isArray(error)) {
        const { message, data } = error as unknown as { message: string; data: string[] };
        return { status: 200, shape: "local", error: [message, ...data] };
      }
      return { status: 200, shape: body["jsonrpc"] === undefined ? "version 1" : "forwarded", error };
    }
    return { status: 200, ...resultShape(body["result"] ?? null, expected) };
  }
}

function resultShape(result: Json, expected: Record<string, unknown>): Record<string, unknown> {
  if (Array.isArray(result))
    return { list: [...new Set(result.map((item) => JSON.stringify(word(item))))].sort() };
  if (typeof result !== "object" || result === null) return { value: word(result) };
  if ("records" in expected) return { records: fieldsOf(Object.values(result)) };
  if ("record" in expected) return { record: fieldsOf([result]) };
  return { value: result };
}

function fieldsOf(records: readonly Json[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record as object)))].sort();
}

function word(value: Json): Json {
  if (typeof value !== "string") return value;
  if (value.startsWith("OpaqueRef:") && value !== "OpaqueRef:NULL") return "<ref>";
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(value)) return "<uuid>";
  return /^\d{8}T\d\d:\d\d:\d\dZ$/.test(value) ? "<date>" : value;
}

const recordings = [...new Set(CASES.map((one) => one.from.replace(/\[.*/, "")))];
for (const recording of recordings) {
  describe(`simulated xapi: answers as the real one in ${recording}`, () => {
    const replay = new Replay();
    for (const one of CASES.filter((candidate) => candidate.from.startsWith(`${recording}[`))) {
      test(`${one.from} ${one.name}`, async () => {
        const answer = await replay.call(one);
        const expected = replay.insert(one.expect) as Record<string, unknown>;
        expect(replay.shapeOf(answer, one.expect)).toEqual(expected);
      });
    }
  });
}
