import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { askSr, parseArguments } from "../../../../src/adapters/ties/sr-child.ts";
import { REAL_CALLS } from "../../../../src/adapters/ties/tie-files.ts";
import type { Acquired } from "../../../../src/ports/processes.ts";
import { useScratch } from "../scratch.ts";

const SR = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const HOST = "9a1d2b3c-0000-4c56-9a57-0d5f5c8f4a12";
const CALL = "0123456789abcdef";
const scratch = useScratch("sr-child");
const clock = createSystemClock();

describe("parseArguments", () => {
  test("the three questions", () => {
    expect(parseArguments([SR, "claim", "tie-1", HOST, CALL])).toEqual({
      sr: SR,
      question: { verb: "claim", name: "tie-1", host: HOST },
      call: CALL,
    });
    for (const verb of ["holder", "remove"] as const)
      expect(parseArguments([SR, verb, ".test-00ff", CALL])).toEqual({
        sr: SR,
        question: { verb, name: ".test-00ff" },
        call: CALL,
      });
  });

  test.each([
    [[]],
    [[SR]],
    [["..", "holder", "t", CALL]],
    [[SR, "holder", "../t", CALL]],
    [[SR, "holder", "t"]],
    [[SR, "holder", "t", "x"]],
    [[SR, "holder", "t", CALL, "more"]],
    [[SR, "claim", "t", CALL]],
    [[SR, "claim", "t", "me", CALL]],
    [[SR, "steal", "t", CALL]],
  ])("refuses %j", (args) => expect(parseArguments(args)).toBeNull());
});

describe("askSr", () => {
  const ask = (mounts: string, locks: readonly Acquired[] = [{ kind: "acquired" }]) => {
    let tries = 0;
    const acquire = async () => locks[Math.min(tries++, locks.length - 1)] ?? { kind: "taken" as const };
    const context = { clock, mounts, lockOf: () => ({ acquire }), calls: REAL_CALLS };
    return askSr(SR, { verb: "claim", name: "tie", host: HOST }, CALL, context);
  };

  test("an SR that is not plugged in is nobody's, also where its folder is left on the local disk", async () => {
    const mounts = scratch.path("mounts");
    mkdirSync(mounts);
    expect(await ask(mounts)).toEqual({
      kind: "failed",
      why: `SR ${SR}: there is no ${mounts}/${SR}; plug it in on this host (xe pbd-plug)`,
    });
    mkdirSync(`${mounts}/${SR}`);
    expect(await ask(mounts)).toEqual({
      kind: "failed",
      why: `SR ${SR}: nothing is mounted at ${mounts}/${SR}; plug it in on this host (xe pbd-plug)`,
    });
    const file = scratch.path("file");
    mkdirSync(file);
    writeFileSync(`${file}/${SR}`, "");
    expect(await ask(file)).toEqual({ kind: "failed", why: expect.stringContaining("cannot be opened") });
  });

  test("while another process of this host may be stuck there, it is left alone; one that is only slow is waited for", async () => {
    const mounts = scratch.path("locked");
    expect(await ask(mounts, [{ kind: "taken" }])).toEqual({
      kind: "failed",
      why: expect.stringContaining("an earlier question of this host still waits for its storage"),
    });
    expect(await ask(mounts, [{ kind: "refused", why: "no flock" }])).toEqual({
      kind: "failed",
      why: `SR ${SR}: no flock`,
    });
    expect(await ask(mounts, [{ kind: "taken" }, { kind: "taken" }, { kind: "acquired" }])).toEqual({
      kind: "failed",
      why: expect.stringContaining("there is no "),
    });
  });
});
