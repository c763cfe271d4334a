import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { cleanEnvironment } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createProcesses } from "../../../../src/adapters/processes/processes-bun.ts";
import { HANG, isAlive, PATH, ScratchFolder, until } from "../scratch.ts";

const folder = new ScratchFolder();

const mask = async (text: string) => text.replaceAll("topsecret", "********");
const COMMON = { clock: createSystemClock(), foreground: false, mask };

function processes(body: string, environment: Record<string, string> = { PATH }) {
  const self = folder.script(`self-${crypto.randomUUID()}`, body);
  return createProcesses({ ...COMMON, self: [self], environment });
}

test("createProcesses: starts this program with `iterate`, from the root directory, with the given environment", async () => {
  const facts = folder.at("facts");
  const environment = cleanEnvironment({
    PATH,
    HA_LIZARD_ROOT: "/somewhere",
    BUN_OPTIONS: "--inspect",
    BUN_BE_BUN: "1",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    SECRET: "x",
  });
  const child = processes(`{ echo "$* $(pwd)"; env; } >${facts}`, environment).startIteration(0);
  expect(await child.ended).toEqual({ exitCode: 0, signal: null, lastWords: "" });
  const [first, ...lines] = readFileSync(facts, "utf8").trim().split("\n");
  expect(first).toBe("iterate /");
  expect(lines).toContain("HA_LIZARD_ROOT=/somewhere");
  expect(lines).toContain("BUN_JSC_useJIT=0");
  expect(lines.filter((line) => /^(BUN_(OPTIONS|BE_BUN)|NODE_|SECRET)/.test(line))).toEqual([]);
});

test("createProcesses: tells the exit code, and the signal", async () => {
  expect(await processes("exit 7").startIteration(0).ended).toEqual({
    exitCode: 7,
    signal: null,
    lastWords: "",
  });
  expect((await processes("kill -9 $$").startIteration(0).ended).signal).toBe("SIGKILL");
});

test("createProcesses: killGroup ends the iteration and its children, and is harmless afterwards", async () => {
  const pids = folder.at("pids");
  const child = processes(
    `trap '' TERM; sleep 60 & echo $$ $! >${pids}.new; mv ${pids}.new ${pids}; ${HANG}`,
  ).startIteration(0);
  expect(await until(() => Bun.file(pids).exists())).toBe(true);
  const [own = 0, grandchild = 0] = readFileSync(pids, "utf8").split(" ").map(Number);
  expect(own).toBe(child.pid);
  child.killGroup();
  expect((await child.ended).signal).toBe("SIGKILL");
  expect(await until(async () => !isAlive(grandchild))).toBe(true);
  child.killGroup();
});

test("createProcesses: a program that cannot be started throws", () => {
  const { startIteration } = createProcesses({
    ...COMMON,
    self: [folder.at("nothing-here")],
    environment: { PATH },
  });
  expect(() => startIteration(0)).toThrow();
});

test("createProcesses: the last words of an iteration are its end, without passwords, also of a flood", async () => {
  const crash = processes("echo 'Error: topsecret is no number' >&2; exit 3");
  expect(await crash.startIteration(0).ended).toEqual({
    exitCode: 3,
    signal: null,
    lastWords: "Error: ******** is no number",
  });
  const flood = processes("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo the end >&2; kill -9 $$");
  const { signal, lastWords } = await flood.startIteration(0).ended;
  expect([signal, lastWords.endsWith("xxx" + "the end"), lastWords.length <= 4_000]).toEqual([
    "SIGKILL",
    true,
    true,
  ]);
});

test("createProcesses: a child that the iteration leaves behind does not hold its end up", async () => {
  const { ended } = processes(`{ ${HANG}; } & echo up >&2`).startIteration(0);
  const began = performance.now();
  expect(await ended).toEqual({ exitCode: 0, signal: null, lastWords: "up" });
  expect(performance.now() - began).toBeLessThan(3_000);
});

test("createProcesses: in the foreground the iteration is, too", async () => {
  const args = folder.at("args");
  const self = folder.script("foreground", `echo "$*" >${args}`);
  const options = { ...COMMON, foreground: true, self: [self], environment: { PATH } };
  await createProcesses(options).startIteration(0).ended;
  expect(readFileSync(args, "utf8")).toBe("iterate --foreground\n");
});
