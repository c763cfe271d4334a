import { describe, expect, test } from "bun:test";
import { runPass } from "../../../../src/app/pass/iterate.ts";
import type { PassPorts } from "../../../../src/app/pass/pass-ports.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { Role } from "../../../../src/core/model/pool-view.ts";
import { isOfThisBoot } from "../../../../src/ports/state-store.ts";
import type { SimPool } from "../../../../src/simulation/pool.ts";
import { bootIdOf } from "../../../../src/simulation/ports/local-host.ts";
import { newSimProcess } from "../../../../src/simulation/ports/process.ts";
import { simPassPorts } from "../../../../src/simulation/ports.ts";
import { restedPool, SECOND } from "../../../simulated/pool/stage.ts";
import { FOR_LONG_MS } from "../../core/sight.ts";
import { leader } from "./leader.ts";

/** One pass of a host by hand, through ports that `change` has bent; the host's own monitor is stopped, and had it lead. */
async function passOf(pool: SimPool, host: number, change: (ports: PassPorts) => Partial<PassPorts>) {
  pool.monitor(host).stop();
  const ports = simPassPorts(pool.world, host, newSimProcess(host), pool.disks[host - 1]);
  const from = pool.world.log.length;
  const hosts = pool.world.hosts.map(({ uuid }) => hostUuid(uuid));
  const own = pool.world.host(host);
  const self = { uuid: hostUuid(own.uuid), bootId: bootIdOf(own) };
  const hearing = leader(ports.clock, self, FOR_LONG_MS, hosts);
  const pass = runPass({ ...ports, hearing, ...change(ports) }, new AbortController().signal);
  let ended = false;
  void pass.then(() => (ended = true));
  await pool.until(() => ended, 400 * SECOND);
  const entries = pool.world.log
    .slice(from)
    .filter((entry) => entry["host"] === host || entry["by"] === host);
  const did = entries.map((entry) => entry.what).filter((what) => what !== "log" && what !== "message");
  const said = entries.filter((entry) => entry.what === "log").map((entry) => String(entry["text"]));
  return { report: await pass, did, said };
}

const withRole = (ports: PassPorts, role: Role): Partial<PassPorts> => ({
  localHost: {
    ...ports.localHost,
    observe: async (signal) => {
      const view = await ports.localHost.observe(signal);
      return view && { ...view, role };
    },
  },
});

describe("runPass: bad input", () => {
  test("no uuid in the inventory: said, nothing done", async () => {
    const pool = await restedPool(3);
    pool.crashVm("vm2");
    const { report, did, said } = await passOf(pool, 1, (ports) => ({
      localHost: { ...ports.localHost, observe: async () => null },
    }));
    expect([report.result, did]).toEqual(["own uuid unknown", []]);
    expect(said).toEqual(["Cannot learn the uuid of this host from the inventory: nothing is done."]);
  });

  test("what this boot remembers counts before what stands on the disk, and no other boot's does", async () => {
    const pool = await restedPool(3);
    const documents = pool.disks[0]?.documents;
    const recent = JSON.parse(documents?.get("recent-memory") ?? "null");
    const marked = { ...recent, sawPoolSinceBoot: !recent.sawPoolSinceBoot };
    for (const [bootId, counts] of [
      [recent.bootId, true],
      ["another boot", false],
    ]) {
      documents?.set("memory", JSON.stringify(recent));
      documents?.set("recent-memory", JSON.stringify({ ...marked, bootId }));
      let first: unknown = null;
      await passOf(pool, 1, ({ store }) => ({
        store: {
          ...store,
          save: async (name, value) => {
            first ??= value;
            return store.save(name, value);
          },
        },
        lostPasses: 1,
      }));
      expect((first as typeof recent).sawPoolSinceBoot === marked.sawPoolSinceBoot).toBe(counts);
    }
  });

  test("a memory that cannot be read: said once, nothing done, nothing written over it", async () => {
    const pool = await restedPool(3);
    pool.crashVm("vm2");
    const before = pool.disks[0]?.documents.get("memory");
    const unreadable = (ports: PassPorts): Partial<PassPorts> => ({
      store: {
        ...ports.store,
        load: async (name) =>
          name === "memory" || name === "recent-memory"
            ? { kind: "unreadable", why: "EIO" }
            : await ports.store.load(name),
      },
    });
    const first = await passOf(pool, 1, unreadable);
    const second = await passOf(pool, 1, unreadable);
    expect([first.report.result, first.did, pool.disks[0]?.documents.get("memory")]).toEqual([
      "memory unreadable",
      [],
      before,
    ]);
    expect([first.said.length, second.said.length]).toEqual([1, 0]);
  });

  describe("parameters that cannot be read decide nothing: the default method would be POOL", () => {
    const masterDies = async (hosts: number) => {
      const pool = await restedPool(hosts);
      pool.power(1, false);
      pool.disk(2).lastGood = null;
      await pool.run(10 * 60 * SECOND);
      const { log } = pool.world;
      const said = log.filter(
        ({ what, host, text }) => what === "log" && host === 2 && String(text).startsWith("Neither the pool"),
      );
      expect(said.length).toBe(1);
      return {
        does: log.filter(({ what }) => /^(?:fence-begun|promote-asked)$/.test(what)).map(({ by }) => by),
        alarms: log.filter(({ what }) => what === "alarm").map(({ host, subject }) => [host, subject]),
      };
    };
    test("the last host does nothing, and says so", async () =>
      expect(await masterDies(2)).toEqual({ does: [], alarms: [[2, "HA does nothing on this host"]] }));
    test("it leaves the lead to a host that knows them, though it is the successor", async () =>
      expect((await masterDies(3)).does).toEqual([3, 3]));
  });

  test("parameters that cannot be read: what the own xapi has to do is done all the same", async () => {
    const pool = await restedPool(3);
    pool.disk(1).lastGood = null;
    const done: string[] = [];
    const order = (name: string) => async () => done.push(name) > 0;
    const { report } = await passOf(pool, 1, (ports) => ({
      localHost: {
        ...ports.localHost,
        observe: async (signal) => {
          const view = await ports.localHost.observe(signal);
          return view && { ...view, heldSinceMs: done.length === 0 ? 5 : null };
        },
        holdXapi: async () => void done.push("hold"),
        releaseXapi: order("release"),
      },
      openXapi: (xeTimeoutMs) => ({
        ...ports.openXapi(xeTimeoutMs),
        read: async () => ({ ok: false, fault: { kind: "timeout" } }),
      }),
    }));
    expect(done).toEqual(["release"]);
    expect(report.obstacle).toStartWith("The parameters of this host are not known");
  });

  test("a full disk: what lasts is mailed by the first pass, not by every one", async () => {
    const pool = await restedPool(2, { params: { MAIL_ON: "1" } });
    pool.disk(1).full = true;
    pool.ha(null);
    await pool.run(5 * 60 * SECOND);
    const mails = pool.world.log.filter(({ what, host }) => what === "mail" && host === 1);
    const keys = mails.map(({ key }) => String(key));
    expect(keys).toEqual(["ha-unset", "state-not-saved"]);
  });

  test("a disk that never answers: the pass ends, and does nothing that must be remembered", async () => {
    const pool = await restedPool(3);
    const { report } = await passOf(pool, 1, (ports) => ({
      store: { load: ports.store.load, save: () => new Promise(() => {}) },
    }));
    expect(report.result).toBe("done");
  });

  test("a disk that hangs for reading and writing costs a pass one patience and a heartbeat", async () => {
    const pool = await restedPool(3);
    const hangs = () => new Promise<never>(() => undefined);
    const { report } = await passOf(pool, 1, (ports) => ({
      store: { load: ports.store.load, save: hangs },
      config: { ...ports.config, saveLastGood: hangs },
    }));
    expect(report.result).toBe("done");
    expect(report.durationMs).toBeLessThan(14 * SECOND);
    const blind = await passOf(pool, 2, () => ({
      store: { load: hangs, save: hangs },
      config: { read: hangs, saveLastGood: hangs },
    }));
    expect(blind.report.result).toBe("memory unreadable");
    expect(blind.report.durationMs).toBeLessThan(14 * SECOND);
  });

  test("pool.conf not understood, or broken: said, nothing done, nothing forgotten", async () => {
    for (const role of [{ kind: "unknown", why: "Cannot read pool.conf" }, { kind: "broken" }] as const) {
      const pool = await restedPool(3);
      pool.crashVm("vm2");
      const before = JSON.parse(pool.disks[0]?.documents.get("memory") ?? "null");
      const { did, said, report } = await passOf(pool, 1, (ports) => withRole(ports, role));
      const after = JSON.parse(pool.disks[0]?.documents.get("memory") ?? "null");
      expect(did).toEqual([]);
      expect(said.some((line) => line.startsWith("Cannot tell the role of this host"))).toBe(true);
      expect(after.lastGood).toEqual(before.lastGood);
      // So its monitor hands over the lead.
      expect(report.obstacle).toStartWith("XAPI of this host is neither master nor slave");
      expect(report.group?.enabled).toBeNull();
    }
  });

  test("a slave that can do what it has to says nothing of the kind", async () => {
    const { report } = await passOf(await restedPool(3), 2, () => ({}));
    expect([report.obstacle, report.group?.enabled]).toEqual([null, true]);
  });

  test("an override file that cannot be read: said, the last good parameters stay", async () => {
    const pool = await restedPool(3, {
      overrides: { 1: { FENCE_METHOD: "TESTBMC" } },
      params: { FENCE_METHOD: "POOL" },
    });
    pool.power(3, false);
    const methods: string[] = [];
    const { said } = await passOf(pool, 1, (ports) => ({
      config: {
        ...ports.config,
        read: async () => ({
          ...(await ports.config.read()),
          override: null,
          problems: ["Cannot read ha-lizard.conf"],
        }),
      },
      fencer: {
        ...ports.fencer,
        fence: async (request, signal) => {
          methods.push(request.method);
          return ports.fencer.fence(request, signal);
        },
      },
    }));
    expect(said).toContain("Cannot read ha-lizard.conf");
    for (let pass = 0; pass < 4; pass++) {
      await pool.run(5 * SECOND);
      await passOf(pool, 1, (ports) => ({
        config: { ...ports.config, read: async () => ({ ...(await ports.config.read()), override: null }) },
        fencer: {
          ...ports.fencer,
          fence: async (request, signal) => {
            methods.push(request.method);
            return ports.fencer.fence(request, signal);
          },
        },
      }));
    }
    expect([...new Set(methods)]).toEqual(["TESTBMC"]);
  });

  const faults = [
    { kind: "malformed", detail: "<html>" },
    { kind: "timeout" },
    { kind: "api", code: "SESSION_INVALID", params: [] },
  ] as const;
  for (const fault of faults) {
    test(`XAPI's answer is ${fault.kind}: said, nothing done, the last good view stays`, async () => {
      const pool = await restedPool(3);
      pool.crashVm("vm2");
      const before = JSON.parse(pool.disks[0]?.documents.get("memory") ?? "null");
      const { did, said, report } = await passOf(pool, 1, (ports) => ({
        openXapi: (xeTimeoutMs) => ({
          ...ports.openXapi(xeTimeoutMs),
          read: async () => ({ ok: false, fault }),
        }),
      }));
      const after = JSON.parse(pool.disks[0]?.documents.get("memory") ?? "null");
      expect([did, report.result]).toEqual([[], "no database"]);
      expect(said[0]).toStartWith("Cannot read the pool database");
      expect(after.lastGood).toEqual(before.lastGood);
    });
  }
});

describe("runPass: a fence", () => {
  /** h3 is one retry short of failed for h1; its monitor is stopped. */
  async function nearlyFailed(): Promise<SimPool> {
    const pool = await restedPool(3);
    pool.monitor(1).stop();
    pool.power(3, false);
    // What its monitor has published last is of no use any more.
    await pool.run(5 * SECOND);
    for (let pass = 0; pass < 2; pass++) {
      await passOf(pool, 1, () => ({}));
      await pool.run(5 * SECOND);
    }
    return pool;
  }

  test("is remembered on disk before the agent runs", async () => {
    const pool = await nearlyFailed();
    const phases: unknown[] = [];
    await passOf(pool, 1, (ports) => ({
      fencer: {
        ...ports.fencer,
        fence: async (request, signal) => {
          const memory = JSON.parse(pool.disks[0]?.documents.get("memory") ?? "null");
          phases.push(memory.incidents[request.host]?.phase);
          return ports.fencer.fence(request, signal);
        },
      },
    }));
    expect(phases).toEqual(["fencing"]);
  });

  describe("the monitor is told who is off, and that a fence is under way", () => {
    const toldIn = async (pool: SimPool, isRefused: (attempt: number) => boolean = () => false) => {
      const told: unknown[] = [];
      await passOf(pool, 1, ({ store }) => ({
        store: {
          ...store,
          save: async (name, value) => {
            if (name === "off-hosts") told.push(value);
            if (name === "off-hosts" && isRefused(told.length)) throw new Error("ENOSPC");
            await store.save(name, value);
          },
        },
      }));
      return told;
    };
    const h3 = (pool: SimPool) => [pool.world.host(3).uuid];

    test("once, when that has changed", async () => {
      const pool = await nearlyFailed();
      expect(await toldIn(pool)).toEqual([
        { off: [], fencingUntilMs: expect.any(Number), agreed: [], disarm: [] },
        { off: h3(pool), fencingUntilMs: null, agreed: [], disarm: [] },
      ]);
      expect(await toldIn(pool)).toEqual([{ off: h3(pool), fencingUntilMs: null, agreed: [], disarm: [] }]);
    });
    test("again, when it could not be written", async () => {
      const pool = await nearlyFailed();
      const told = await toldIn(pool, (attempt) => attempt === 1);
      expect(told.slice(0, 2)).toEqual([
        { off: [], fencingUntilMs: expect.any(Number), agreed: [], disarm: [] },
        { off: [], fencingUntilMs: expect.any(Number), agreed: [], disarm: [] },
      ]);
      expect(told.at(-1)).toEqual({ off: h3(pool), fencingUntilMs: null, agreed: [], disarm: [] });
    });
  });

  test("is not begun when the host answers the last probe", async () => {
    const pool = await nearlyFailed();
    let probes = 0;
    const { did, said } = await passOf(pool, 1, (ports) => ({
      prober: {
        probe: async (address, question, signal) => {
          const isThird = address === pool.world.host(3).address;
          if (isThird) probes++;
          if (isThird && probes > 1)
            return { icmp: "answered", xapi: "silent", follows: { kind: "unknown" } };
          return ports.prober.probe(address, question, signal);
        },
      },
      store: {
        ...ports.store,
        // A slow disk puts a second and a half between the decision and the agent.
        save: async (name, value) => {
          if (name === "memory") await ports.clock.sleep(1_500);
          return ports.store.save(name, value);
        },
      },
    }));
    expect(did).not.toContain("fence-begun");
    expect(said.some((line) => line.includes("h3 is not fenced: it answers again"))).toBe(true);
  });

  test.each([
    ["takes 30 s for every write", 30 * SECOND],
    ["takes 9 s for every write", 9 * SECOND],
    ["takes 2 s for every write", 2 * SECOND],
  ])("a disk that %s: a pass with a fence in it waits for it once", async (_, writeMs) => {
    const pool = await nearlyFailed();
    const saves: string[] = [];
    const { report, did } = await passOf(pool, 1, (ports) => ({
      store: {
        load: ports.store.load,
        save: async (name, value) => {
          saves.push(name);
          if (!isOfThisBoot(name)) await ports.clock.sleep(writeMs);
          await ports.store.save(name, value);
        },
      },
    }));
    expect(report.result).toBe("done");
    // The pass itself takes seven, and the proof is taken again when the disk has used up its time.
    expect(report.durationMs).toBeLessThan(23 * SECOND);
    expect(did).toContain("fence-begun");
    expect(saves).toContain("pass");
  });
});
