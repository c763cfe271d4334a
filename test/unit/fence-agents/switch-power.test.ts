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
  /** Whatever `reads` says, it says off from then on. */
  readonly offAtMs?: number;
  /** An order from then on is accepted, and switches. */
  readonly obeysAtMs?: number;
}

/** Plays an agent on virtual time against a device that follows a script. */
async function play(action: PowerAction, script: Script) {
  const { reads, answers = [], readMs = 10, timeoutMs = 60_000, obeysAtMs = Infinity } = script;
  let offAtMs = script.offAtMs ?? Infinity;
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
      if (world.nowMs() >= offAtMs) return { kind: "off" };
      const next = reads[Math.min(read++, reads.length - 1)] ?? UNKNOWN;
      return typeof next === "string" ? { kind: next } : next;
    },
    switchPower: async (to) => {
      asked.push(`${to} at ${Math.round(world.nowMs() / 1_000)} s`);
      if (world.nowMs() < obeysAtMs) return answers[switched++] ?? ACCEPTED;
      offAtMs = world.nowMs();
      return ACCEPTED;
    },
  };
  const context = { clock, signal: over.signal, say: (text: string) => void said.push(text) };
  let endedAtS = -1;
  const running = switchPower(device, action, context).then((end) => {
    endedAtS = Math.round(world.nowMs() / 1_000);
    return end;
  });
  await world.runUntil(120_000);
  return { ...(await running), asked, said, reads: read, endedAtS };
}

describe("stop", () => {
  test("a host that is off is a success without a command, once two more readings say so", async () => {
    const end = await play("stop", { reads: ["off"] });
    expect(end).toMatchObject({ ok: true, says: "BMC 192.0.2.7: the host is off", asked: [], reads: 3 });
  });

  test("off said once and then on: it answered from memory, and is switched off", async () => {
    const end = await play("stop", { reads: ["off", "on", "off"] });
    expect(end).toMatchObject({ ok: true, asked: ["off at 0 s"], reads: 4 });
  });

  test("a host that is on is switched off, and two readings in a row confirm it", async () => {
    const end = await play("stop", { reads: ["on", "on", "off", "off"] });
    expect(end).toMatchObject({ ok: true, asked: ["off at 0 s"], reads: 4 });
  });

  test("off, on, off, off: only two in a row count", async () => {
    const end = await play("stop", { reads: ["on", "off", "on", "off", "off"] });
    expect(end).toMatchObject({ ok: true, reads: 5 });
  });

  test("a device that says OK and does nothing: one order, and a failure when the time is over", async () => {
    const end = await play("stop", { reads: ["on"], timeoutMs: 59_000 });
    expect(end).toMatchObject({ ok: false, asked: ["off at 0 s"], endedAtS: 59 });
    expect(end.says).toBe(
      "BMC 192.0.2.7: the command was accepted, and when the time was over the host is on",
    );
  });

  test("off 35 s after the order is a success: the only limit is FENCE_TIMEOUT", async () => {
    const end = await play("stop", { reads: ["on"], offAtMs: 35_000, timeoutMs: 59_000 });
    expect(end).toMatchObject({ ok: true, says: "BMC 192.0.2.7: the host is off", asked: ["off at 0 s"] });
    expect(end.endedAtS).toBeWithin(35, 39);
    const late = await play("stop", { reads: ["on"], offAtMs: 35_000, timeoutMs: 29_000 });
    expect(late).toMatchObject({ ok: false, endedAtS: 29 });
  });

  test("off only once before the time is over: no success", async () => {
    const end = await play("stop", { reads: ["on"], offAtMs: 58_500, timeoutMs: 59_000 });
    expect(end).toMatchObject({ ok: false, endedAtS: 59 });
  });

  test("unknown is a failure when the time is over, and nothing is switched: it could not be verified", async () => {
    const end = await play("stop", { reads: [UNKNOWN], timeoutMs: 59_000 });
    expect(end).toMatchObject({ ok: false, asked: [], endedAtS: 59 });
    expect(end.says).toBe("Cannot read the power state of BMC 192.0.2.7: no answer");
    expect(end.said).toEqual(["BMC 192.0.2.7: no answer"]);
  });

  test("a device that is silent for half a minute is asked until it answers, not more often than it can bear", async () => {
    const end = await play("stop", { reads: [...Array(10).fill(UNKNOWN), "on", "off"], timeoutMs: 59_000 });
    expect(end).toMatchObject({ ok: true, asked: ["off at 30 s"] });
  });

  test("a password that was refused is not tried again: not for the look, not after the order", async () => {
    const refused: PowerReading = { kind: "unknown", why: "wrong password", final: true };
    expect(await play("stop", { reads: [refused] })).toMatchObject({ ok: false, reads: 1, asked: [] });
    expect(await play("status", { reads: [refused] })).toMatchObject({ ok: false, reads: 1 });
    const later = await play("stop", { reads: ["on", refused] });
    expect(later).toMatchObject({ ok: false, reads: 2, asked: ["off at 0 s"] });
    expect(later.says).toBe(
      "BMC 192.0.2.7: the command was accepted, and its power state is unknown: wrong password",
    );
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
    expect(end).toMatchObject({ ok: true, asked: ["off at 0 s"] });
  });

  test("a device that is busy for 12 s: the order is repeated with pauses, and told once", async () => {
    const busy: SwitchAnswer = { kind: "refused", why: "it is busy (HTTP 503)" };
    const end = await play("stop", { reads: ["on"], answers: Array(50).fill(busy), obeysAtMs: 12_000 });
    expect(end).toMatchObject({ ok: true, says: "BMC 192.0.2.7: the host is off" });
    expect(end.asked).toEqual(["off at 0 s", "off at 5 s", "off at 10 s", "off at 15 s"]);
    expect(end.said).toEqual(["BMC 192.0.2.7: switching off was refused: it is busy (HTTP 503)"]);
  });

  test("busy until the time is over: the reason is the device's", async () => {
    const busy: SwitchAnswer = { kind: "refused", why: "node busy" };
    const end = await play("stop", { reads: ["on"], answers: Array(50).fill(busy), timeoutMs: 29_000 });
    expect(end).toMatchObject({ ok: false, endedAtS: 29 });
    expect(end.says).toBe(
      "BMC 192.0.2.7: the command was refused (node busy), and when the time was over the host is on",
    );
  });

  test("refused for good, and still on: at once, with the device's reason", async () => {
    const no: SwitchAnswer = { kind: "refused", why: "insufficient privilege", final: true };
    const end = await play("stop", { reads: ["on"], answers: [no] });
    expect(end).toMatchObject({ ok: false, asked: ["off at 0 s"], endedAtS: 2 });
    expect(end.says).toBe(
      "BMC 192.0.2.7: the command was refused (insufficient privilege), and the host is on",
    );
  });

  test("refused for good, but off: the state decides", async () => {
    const no: SwitchAnswer = { kind: "refused", why: "insufficient privilege", final: true };
    const end = await play("stop", { reads: ["on", "off", "off"], answers: [no] });
    expect(end).toMatchObject({ ok: true, asked: ["off at 0 s"] });
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
    const end = await play("reset", { reads: ["on", "off"], timeoutMs: 59_000 });
    expect(end.ok).toBe(true);
    expect(end.says).toBe("BMC 192.0.2.7: the host was off; it was not on again in time");
    // Whoever waits for this fence does not wait for the other half of a minute.
    expect(end.endedAtS).toBe(33);
    const refused: SwitchAnswer = { kind: "refused", why: "no right to", final: true };
    const answers = [ACCEPTED, refused];
    expect((await play("reset", { reads: ["on", "off"], answers })).says).toContain(
      "it does not come on again: BMC",
    );
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
