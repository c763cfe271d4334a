import { describe, expect, test } from "bun:test";
import { readHearing } from "../../../../src/app/pass/read-hearing.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { host } from "../../core/fixtures.ts";
import { hearing, peer } from "../../core/members/hearing.ts";

const NOW_MS = 100_000;

async function read(published: Hearing | null) {
  const clock = new VirtualClock();
  await clock.run(NOW_MS);
  const ports = { clock: portClock(clock, () => 0), hearing: { read: async () => published } };
  return readHearing(ports, { uuid: host(1), bootId: "boot-1" });
}

describe("readHearing", () => {
  const now: Hearing = { ...hearing(peer(2)), atMs: NOW_MS };
  const rows: readonly [string, Hearing | null, boolean][] = [
    ["of just now", now, true],
    ["three seconds old", { ...now, atMs: NOW_MS - 3_000 }, true],
    ["older: the monitor does not run any more", { ...now, atMs: NOW_MS - 3_001 }, false],
    ["of a later time: of an earlier boot", { ...now, atMs: NOW_MS + 1 }, false],
    ["of another boot", { ...now, bootId: "boot-0" }, false],
    ["of another host", { ...now, self: host(2) }, false],
    ["of a monitor that can hear nobody", { ...now, trouble: "the port is taken" }, false],
    ["none", null, false],
  ];
  for (const [title, published, isKnown] of rows)
    test(`${title}: ${isKnown ? "it counts" : "unknown"}`, async () =>
      expect(await read(published)).toEqual(isKnown && published !== null ? published : "unknown"));

  test("a disk that hangs holds nobody", async () => {
    const clock = new VirtualClock();
    const ports = {
      clock: portClock(clock, () => 0),
      hearing: { read: () => new Promise<null>(() => undefined) },
    };
    const reading = readHearing(ports, { uuid: host(1), bootId: "boot-1" });
    await clock.run(1_500);
    expect(await reading).toBe("unknown");
  });
});
