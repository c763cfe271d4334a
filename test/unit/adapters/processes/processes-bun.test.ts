import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { cleanEnvironment } from "../../../../src/adapters/files/paths.ts";
import { createProcesses } from "../../../../src/adapters/processes/processes-bun.ts";
import { HANG, isAlive, PATH, ScratchFolder, until } from "../scratch.ts";

const folder = new ScratchFolder();

function processes(body: string, environment: Record<string, string> = { PATH }) {
  const self = folder.script(`self-${crypto.randomUUID()}`, body);
  return createProcesses({ self: [self], environment });
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
  expect(await child.ended).toEqual({ exitCode: 0, signal: null });
  const [first, ...lines] = readFileSync(facts, "utf8").trim().split("\n");
  expect(first).toBe("iterate /");
  expect(lines).toContain("HA_LIZARD_ROOT=/somewhere");
  expect(lines).toContain("BUN_JSC_useJIT=0");
  expect(lines.filter((line) => /^(BUN_(OPTIONS|BE_BUN)|NODE_|SECRET)/.test(line))).toEqual([]);
});

test("createProcesses: tells the exit code, and the signal", async () => {
  expect(await processes("exit 7").startIteration(0).ended).toEqual({ exitCode: 7, signal: null });
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
  const { startIteration } = createProcesses({ self: [folder.at("nothing-here")], environment: { PATH } });
  expect(() => startIteration(0)).toThrow();
});
