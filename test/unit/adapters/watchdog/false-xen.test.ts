import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { lacks } from "../machine.ts";
import { isAlive, PATH, until } from "../scratch.ts";
import { clock, processesOf, startByHand, stateOf, useDom0 } from "./stage.ts";

const { dom0 } = useDom0("false-xen");
const left = (firesMs: number | undefined) => (firesMs ?? 0) - clock.uptimeMs();
const signal = (pid: number, ...names: readonly NodeJS.Signals[]) => {
  for (const name of names) process.kill(pid, name);
};
const gone = (pid: number) => until(() => !isAlive(pid));
const run = (root: string, ...words: readonly string[]) =>
  Bun.spawn([`${root}/usr/sbin/xenwatchdogd`, ...words], { env: { PATH }, stderr: "ignore" }).exited;

describe.skipIf(lacks("perl"))("the stand-in of xenwatchdogd", () => {
  test("arms one slot for its seconds, and sleeps as the leader of a session of its own", async () => {
    const { root, xen } = dom0();
    const pid = await startByHand(root, "60", "86399");
    expect(left(xen.slots()[0])).toBeWithin(55_000, 60_100);
    const [, , group, session] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    expect([group, session]).toEqual([String(pid), String(pid)]);
  });

  test("SIGUSR1 disarms, SIGTERM arms for five minutes, SIGKILL leaves the slot as it is", async () => {
    for (const version of ["4.13", "4.19"] as const) {
      const { root, xen } = dom0(version);
      const [first, second] = [await startByHand(root, "60", "59"), await startByHand(root, "70", "69")];
      signal(first, "SIGUSR1");
      expect(await gone(first)).toBe(true);
      expect(xen.slots().length).toBe(1);
      signal(second, "SIGTERM");
      expect(await gone(second)).toBe(true);
      expect(left(xen.slots()[0])).toBeWithin(295_000, 300_100);
      const third = await startByHand(root, "60", "59");
      const before = xen.slots();
      signal(third, "SIGKILL");
      expect(await gone(third)).toBe(true);
      expect(xen.slots()).toEqual(before);
    }
  });

  test("there are two slots: a third process ends, and says nothing", async () => {
    const { root, xen } = dom0();
    const two = [await startByHand(root, "60", "30"), await startByHand(root, "60", "30")];
    expect(await run(root, "60", "30")).toBe(0);
    expect(await until(() => Bun.deepEquals(processesOf(root), two))).toBe(true);
    expect(xen.slots().length).toBe(2);
  });

  test("one of 4.19 refuses a sleep that is not below its timeout, and a timeout below 2", async () => {
    const { root, xen } = dom0("4.19");
    expect(await run(root, "60", "86399")).not.toBe(0);
    expect(await run(root, "60", "60")).not.toBe(0);
    expect(await run(root, "1")).not.toBe(0);
    expect(xen.slots()).toEqual([]);
    expect(await run(root, "2", "1")).toBe(0);
  });

  test.concurrent("one that is awake in time pets its slot, one that is stopped does not", async () => {
    const { root, xen } = dom0("4.19");
    const pid = await startByHand(root, "60", "1");
    const [first = 0] = xen.slots();
    expect(await until(() => (xen.slots()[0] ?? 0) > first)).toBe(true);
    signal(pid, "SIGSTOP");
    expect(await until(() => stateOf(pid) === "T")).toBe(true);
    const [stopped = 0] = xen.slots();
    expect(await until(() => (xen.slots()[0] ?? 0) !== stopped, 1_500)).toBe(false);
  });

  test("of two signals that waited, the one with the higher number is obeyed first, as of a C program", async () => {
    const { root, xen } = dom0();
    const [term, hup] = [await startByHand(root, "60", "86399"), await startByHand(root, "60", "86399")];
    for (const pid of [term, hup]) {
      signal(pid, "SIGSTOP", "SIGUSR1", pid === term ? "SIGTERM" : "SIGHUP", "SIGCONT");
      expect(await gone(pid)).toBe(true);
    }
    expect(xen.slots().length).toBe(1);
    expect(left(xen.slots()[0])).toBeGreaterThan(290_000);
  });

  test.concurrent.each(["SIGSTOP", "SIGKILL"] as const)(
    "a slot fires when its time is over, also after %s to its process",
    async (name) => {
      const { root, xen } = dom0();
      const pid = await startByHand(root, "2", "86399");
      const [firesMs = 0] = xen.slots();
      signal(pid, name);
      expect(await until(() => xen.firedMs() !== null)).toBe(true);
      expect((xen.firedMs() ?? 0) - firesMs).toBeWithin(0, 1_000);
      expect(xen.slots()).toEqual([]);
    },
  );

  test("nothing is left when its world ends, or is killed: stopped processes neither", async () => {
    for (const end of ["stop", "kill"] as const) {
      const { root, xen } = dom0();
      const pid = await startByHand(root, "60", "86399");
      signal(pid, "SIGSTOP");
      await xen[end]();
      expect(await gone(pid)).toBe(true);
    }
  });
});
