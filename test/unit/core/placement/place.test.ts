import { describe, expect, test } from "bun:test";
import { place } from "../../../../src/core/placement/place.ts";
import type { PlacementHost, PlacementVm } from "../../../../src/core/placement/problem.ts";
import { cpuMs } from "../../cpu-time.ts";
import { host } from "../fixtures.ts";
import { comparePools } from "./compare-pools.ts";
import { needy, roomy } from "./pools.ts";

/** `a=h1 b=h2`, and `c!` for one without a host. */
function told(vms: readonly PlacementVm[], hosts: readonly PlacementHost[]): string {
  const { placed, unplaced } = place(vms, hosts);
  const words = [...placed.map(({ vm, host: at }) => `${vm}=${at}`), ...unplaced.map(({ vm }) => `${vm}!`)];
  return words.sort().join(" ");
}

describe("place", () => {
  test("where most memory is free; what is placed counts", () => {
    const vms = ["a", "b", "c"].map((name) => needy(name, 100));
    expect(told(vms, [roomy(1, 250), roomy(2, 300)])).toBe("a=h2 b=h1 c=h2");
  });

  test("a host whose memory is not known comes last, and is no reason not to start", () => {
    const unknown = roomy(2, 0, { freeBytes: "unknown", squeezedFreeBytes: "unknown" });
    expect(told([needy("a", 100)], [roomy(1, 150), unknown])).toBe("a=h1");
    expect(told([needy("a", 100)], [roomy(1, 50), unknown])).toBe("a=h2");
  });

  test("the small one makes way for the large one, which has one place only", () => {
    const vms = [needy("small", 100), needy("large", 300)];
    expect(told(vms, [roomy(1, 150), roomy(2, 300)])).toBe("large=h2 small=h1");
  });

  test("what cannot be started anywhere keeps no place from others, and every host says why", () => {
    const lacking = needy("b", 10, { storages: ["local"], networks: ["lan"] });
    const { placed, unplaced } = place([lacking, needy("a", 100)], [roomy(1, 100), roomy(2, 5)]);
    expect(placed.map(({ vm }) => vm as string)).toEqual(["a"]);
    expect(unplaced[0]?.obstacles).toEqual([
      { host: host(1), kind: "storage", missing: "local" },
      { host: host(2), kind: "storage", missing: "local" },
    ]);
  });

  test("no room beside those that go before it", () => {
    const { unplaced } = place(
      [needy("a", 100), needy("b", 100, { rank: 1 })],
      [roomy(1, 150), roomy(2, 50)],
    );
    expect(unplaced).toEqual([
      {
        vm: needy("b", 1).uuid,
        obstacles: [
          { host: host(2), kind: "memory" },
          { host: host(1), kind: "taken" },
        ],
      },
    ]);
  });

  test("the first rank has its places, however many of the second that costs", () => {
    const first = needy("first", 300);
    const others = ["a", "b", "c"].map((name) => needy(name, 100, { rank: 1 }));
    expect(told([...others, first], [roomy(1, 300)])).toBe("a! b! c! first=h1");
  });

  test("copies of a service are kept apart, also from one that runs; a start comes before that", () => {
    const copies = ["a", "b"].map((name) => needy(name, 100, { apart: ["web"] }));
    expect(told(copies, [roomy(1, 900), roomy(2, 100)])).toBe("a=h1 b=h2");
    expect(told(copies, [roomy(1, 900, { apart: ["web"] }), roomy(2, 100), roomy(3, 100)])).toBe("a=h2 b=h3");
    const { placed } = place(copies, [roomy(1, 900), roomy(2, 50)]);
    expect(placed.map(({ host: at, isTogether }) => `${at} ${isTogether}`)).toEqual(["h1 true", "h1 true"]);
  });

  test("apart by a chain of others that make way", () => {
    const tied = needy("a", 100, { apart: ["web"] });
    const hosts = [roomy(1, 200), roomy(2, 200), roomy(3, 100, { storages: new Set(["shared", "third"]) })];
    const vms = [
      tied,
      needy("b", 100, { apart: ["web"] }),
      needy("c", 100, { apart: ["web"] }),
      needy("big", 200),
    ];
    // Two hosts are left for three copies, where `big` has one of the two large ones to itself.
    const { placed } = place(vms, hosts);
    expect(placed.filter(({ isTogether }) => isTogether).length).toBe(2);
    expect(placed.length).toBe(4);
  });

  test("spare hosts only where no other will do", () => {
    const hosts = [roomy(1, 900, { isSpare: true }), roomy(2, 150)];
    expect(told([needy("a", 100)], hosts)).toBe("a=h2");
    expect(told([needy("a", 100), needy("b", 100)], hosts)).toMatch(/^a=h[12] b=h[12]$/);
    const used = place([needy("a", 100), needy("b", 100)], hosts).placed.map(({ host: at }) => at as string);
    expect(used.sort()).toEqual(["h1", "h2"]);
  });

  test("at home, unless its home has no room; guests are squeezed only where nothing else will do", () => {
    const home = needy("a", 100, { affinity: host(2) });
    expect(told([home], [roomy(1, 900), roomy(2, 100)])).toBe("a=h2");
    expect(told([home], [roomy(1, 900), roomy(2, 50)])).toBe("a=h1");
    const squeezable = roomy(2, 50, { squeezedFreeBytes: 500 });
    expect(told([home], [roomy(1, 900), squeezable])).toBe("a=h1");
    expect(told([home], [roomy(1, 20), squeezable])).toBe("a=h2");
  });

  test("the others that could run it follow, the best first", () => {
    const hosts = [roomy(1, 300), roomy(2, 400), roomy(3, 10), roomy(4, 350, { isSpare: true })];
    const [placed] = place([needy("a", 100)], hosts).placed;
    expect(placed?.candidates).toEqual([host(2), host(1), host(4)]);
  });

  test("of 300 small random pools none can be placed better", () => {
    const { better, placedAll } = comparePools(300);
    expect(better).toEqual([]);
    expect(placedAll).toBeGreaterThan(60);
    expect(placedAll).toBeLessThan(285);
  });

  test("five hundred VMs with room for half of them: also then in less than a second of the processor", () => {
    const hosts = Array.from({ length: 16 }, (_, index) => roomy(index + 1, 1_600));
    const vms = Array.from({ length: 500 }, (_, index) =>
      needy(`vm${index}`, 100, { rank: index % 3, apart: [`service${index % 20}`] }),
    );
    const begunMs = cpuMs();
    expect(place(vms, hosts).unplaced.length).toBe(500 - 256);
    expect(cpuMs() - begunMs).toBeLessThan(1_000);
  });

  test("sixteen hosts and five hundred VMs: everything has a place, and copies are apart, in less than a second of the processor", () => {
    const hosts = Array.from({ length: 16 }, (_, index) => roomy(index + 1, 3_300));
    const vms = Array.from({ length: 500 }, (_, index) =>
      needy(`vm${index}`, 100, { rank: index % 3, apart: index < 200 ? [`service${index % 20}`] : [] }),
    );
    const begunMs = cpuMs();
    const { placed, unplaced } = place(vms, hosts);
    expect(cpuMs() - begunMs).toBeLessThan(1_000);
    expect([unplaced.length, placed.filter(({ isTogether }) => isTogether).length]).toEqual([0, 0]);
  });
});
