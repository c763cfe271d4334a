import { describe, expect, test } from "bun:test";
import type { PowerDevice, PowerReading, SwitchAnswer } from "../../../src/fence-agents/device.ts";
import { type PowerAction, switchPower } from "../../../src/fence-agents/switch-power.ts";
import { portClock, VirtualClock } from "../../../src/simulation/clock.ts";

const UNKNOWN: PowerReading = { kind: "unknown", why: "no answer" };
const ACCEPTED: SwitchAnswer = { kind: "accepted" };

interface Script {
  /** What the device says, one reading after the other; the last one for ever. */
  readonly reads: readonly (PowerReading | "on" | "off")[];
  readonly answers?: readonly SwitchAnswer[];
  readonly readMs?: number;
  readonly timeoutMs?: number;
}

/** Plays an agent on virtual time against a device that follows a script. */
async function play(action: PowerAction, { reads, answers = [], readMs = 10, timeoutMs = 60_000 }: Script) {
  const world = new VirtualClock();
  const clock = portClock(world, () => 0);
  const over = new AbortController();
  world.schedule(timeoutMs, () => over.abort());
  const asked: string[] = [];
  const said: string[] = [];
  let read = 0;
  let switched = 0;
  const device: PowerDevice = {
    name: "BMC 192.0.2.7",
    settleMs: 2_000,
    read: async (signal) => {
      await clock.sleep(readMs, signal);
      if (signal.aborted) return { kind: "unknown", why: "the time is over" };
      const next = reads[Math.min(read++, reads.length - 1)] ?? UNKNOWN;
      return typeof next === "string" ? { kind: next } : next;
    },
    switchPower: async (to) => {
      asked.push(`${to} at ${Math.round(world.nowMs() / 1_000)} s`);
      return answers[switched++] ?? ACCEPTED;
    },
  };
  const context = { clock, signal: over.signal, say: (text: string) => void said.push(text) };
  const running = switchPower(device, action, context);
  await world.runUntil(120_000);
  return { ...(await running), asked, said, reads: read };
}

describe("stop", () => {
  test("a host that is off is a success without a command, once two more readings say so", async () => {
    const end = await play("stop", { reads: ["off"] });
    expect(end).toMatchObject({ ok: true, says: "BMC 192.0.2.7: the host is off", asked: [], reads: 3 });
  });

  test("off said once and then on: it answered from memory, and is switched off", async () => {
    const end = await play("stop", { reads: ["off", "on", "off"] });
    expect(end).toMatchObject({ ok: true, asked: ["off at 1 s"] });
  });

  test("a host that is on is switched off, and two readings in a row confirm it", async () => {
    const end = await play("stop", { reads: ["on", "on", "off", "off"] });
    expect(end).toMatchObject({ ok: true, asked: ["off at 0 s"], reads: 4 });
  });

  test("off, on, off, off: only two in a row count", async () => {
    const end = await play("stop", { reads: ["on", "off", "on", "off", "off"] });
    expect(end).toMatchObject({ ok: true, reads: 5 });
  });

  test("a device that says OK and does nothing: failure after twenty looks", async () => {
    const end = await play("stop", { reads: ["on"] });
    expect(end).toMatchObject({ ok: false, asked: ["off at 0 s"], reads: 21 });
    expect(end.says).toBe("BMC 192.0.2.7: the command was accepted, and the host is on");
  });

  test("unknown is a failure, and nothing is switched: it could not be verified", async () => {
    const end = await play("stop", { reads: [UNKNOWN] });
    expect(end).toMatchObject({ ok: false, asked: [], reads: 3 });
    expect(end.says).toBe("Cannot read the power state of BMC 192.0.2.7: no answer");
  });

  test("a look that the deadline breaks off does not hide what the one before it found", async () => {
    const nonsense: PowerReading = { kind: "unknown", why: "neither on nor off: Offline?" };
    const end = await play("stop", { reads: [nonsense], readMs: 2_000, timeoutMs: 4_000 });
    expect(end.says).toBe("Cannot read the power state of BMC 192.0.2.7: neither on nor off: Offline?");
    const silent = await play("stop", { reads: [nonsense], readMs: 5_000, timeoutMs: 4_000 });
    expect(silent.says).toBe("Cannot read the power state of BMC 192.0.2.7: the time is over");
  });

  test("a device that answers at the second try is asked again over a new connection", async () => {
    const end = await play("stop", { reads: [UNKNOWN, "on", "off"] });
    expect(end).toMatchObject({ ok: true, said: ["BMC 192.0.2.7: no answer"] });
  });

  test("silent after the command: its power state is unknown, so it is no success", async () => {
    const end = await play("stop", { reads: ["on", "off", UNKNOWN] });
    expect(end.ok).toBe(false);
    expect(end.says).toContain("its power state is unknown: no answer");
  });

  test("a refusal whose effect is seen is a success: the answer was lost, not the command", async () => {
    const lost: SwitchAnswer = { kind: "refused", why: "connection reset" };
    const end = await play("stop", { reads: ["on", "off"], answers: [lost, lost] });
    expect(end).toMatchObject({ ok: true, asked: ["off at 0 s", "off at 1 s"] });
  });

  test("refused, and still on: the reason is the device's", async () => {
    const no: SwitchAnswer = { kind: "refused", why: "insufficient privilege" };
    const end = await play("stop", { reads: ["on"], answers: [no, no] });
    expect(end.says).toBe(
      "BMC 192.0.2.7: the command was refused (insufficient privilege), and the host is on",
    );
  });

  test("the deadline ends it, whatever the device does", async () => {
    const end = await play("stop", { reads: ["on"], readMs: 700, timeoutMs: 5_000 });
    expect(end.ok).toBe(false);
    expect(end.says).toBe(
      "BMC 192.0.2.7: the command was accepted, and when the time was over the host is on",
    );
  });
});

describe("start, reset, status", () => {
  test("start: on already needs no command", async () => {
    expect(await play("start", { reads: ["on"] })).toMatchObject({ ok: true, asked: [] });
  });

  test("reset: off and verified first, then on", async () => {
    const end = await play("reset", { reads: ["on", "off", "off", "on", "on"] });
    expect(end).toMatchObject({ ok: true, says: "BMC 192.0.2.7: the host was off and is on again" });
    expect(end.asked).toEqual(["off at 0 s", "on at 3 s"]);
  });

  test("reset: a host that does not come on again was off all the same", async () => {
    const end = await play("reset", { reads: ["on", "off"] });
    expect(end.ok).toBe(true);
    expect(end.says).toContain("it does not come on again");
  });

  test("reset: a host that is never off is not fenced, and not switched on", async () => {
    const end = await play("reset", { reads: ["on"] });
    expect(end).toMatchObject({ ok: false, asked: ["off at 0 s"] });
  });

  test("status says it, and switches nothing", async () => {
    expect(await play("status", { reads: ["off"] })).toMatchObject({ ok: true, says: "off", asked: [] });
    expect(await play("status", { reads: [UNKNOWN] })).toMatchObject({ ok: false, asked: [] });
  });
});
