import { expect, test } from "bun:test";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { runCommand } from "../../../../src/adapters/processes/run-command.ts";
import { HANG, isAlive, never, PATH, ScratchFolder, until } from "../scratch.ts";

const clock = createSystemClock();
const folder = new ScratchFolder();
const env = { PATH };
const run = (command: readonly string[], timeoutMs = 5_000, signal = never()) =>
  runCommand(clock, command, { timeoutMs, env, signal });

test("runCommand: exit code and output of a program that ends", async () => {
  expect(await run(["sh", "-c", "echo one; echo two >&2; exit 3"])).toEqual({
    exitCode: 3,
    signal: null,
    output: "one\n",
    complete: true,
    late: false,
  });
});

test("runCommand: standard error too when asked for, after standard output", async () => {
  const options = { timeoutMs: 5_000, env, signal: never(), stderrToo: true };
  const { output } = await runCommand(clock, ["sh", "-c", "echo two >&2; echo one"], options);
  expect(output).toBe("one\ntwo\n");
});

test("runCommand: the program reads its input, and has the given environment and nothing else", async () => {
  const options = { timeoutMs: 5_000, env: { PATH, KEY: "value" }, signal: never(), stdin: "text\n" };
  const { output } = await runCommand(clock, ["sh", "-c", "cat; env | sort; pwd"], options);
  const names = output.split("\n").flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
  expect(output).toStartWith("text\n");
  expect(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name))).toEqual(["KEY", "PATH"]);
  expect(output).toEndWith("\n/\n");
});

test("runCommand: a program that is not there has no exit code", async () => {
  expect(await run(["no-such-program"])).toMatchObject({ exitCode: null, signal: null, late: false });
});

test("runCommand: one that a signal ended has no exit code, but the signal and what it said", async () => {
  expect(await run(["sh", "-c", "echo last words; kill -ABRT $$"])).toMatchObject({
    exitCode: null,
    signal: "SIGABRT",
    output: "last words\n",
    late: false,
  });
});

test("runCommand: one that hangs is killed with its children when its time is over", async () => {
  const pids = folder.at("pids");
  const script = folder.script("hang", `trap '' TERM; sleep 60 & echo $$ $! >${pids}\n${HANG}`);
  const began = performance.now();
  expect(await run([script], 300)).toMatchObject({ exitCode: null, late: true });
  expect(performance.now() - began).toBeLessThan(2_500);
  const [own = 0, child = 0] = (await Bun.file(pids).text()).split(" ").map(Number);
  expect(own).toBeGreaterThan(1);
  expect(await until(async () => !isAlive(own) && !isAlive(child))).toBe(true);
});

test("runCommand: ends with the caller's signal, and does not begin after it", async () => {
  const controller = new AbortController();
  const running = run([folder.script("hang-2", HANG)], 60_000, controller.signal);
  controller.abort();
  expect(await running).toMatchObject({ exitCode: null, late: true });
  const mark = folder.at("mark");
  expect(await run(["touch", mark], 5_000, controller.signal)).toMatchObject({ exitCode: null, late: true });
  expect(await Bun.file(mark).exists()).toBe(false);
});

test("runCommand: a child that holds the output open costs the output's completeness, not the time", async () => {
  const script = folder.script("daemon", `echo begun; { ${HANG}; } & echo $! >${folder.at("daemon.pid")}`);
  const began = performance.now();
  expect(await run([script], 20_000)).toMatchObject({ exitCode: 0, complete: false, late: false });
  expect(performance.now() - began).toBeLessThan(3_000);
  const daemon = Number(await Bun.file(folder.at("daemon.pid")).text());
  // A daemon that was started on purpose stays.
  expect(isAlive(daemon)).toBe(true);
  process.kill(daemon, "SIGKILL");
});

test("runCommand: endless output is cut and called incomplete", async () => {
  const { output, complete } = await run(["yes"], 10_000);
  expect(complete).toBe(false);
  expect(output.length).toBe(1_000_000);
});

test("runCommand: leaves no timer and no listener behind", async () => {
  const code = `
    import { createSystemClock } from "${import.meta.dir}/../../../../src/adapters/processes/clock-system.ts";
    import { runCommand } from "${import.meta.dir}/../../../../src/adapters/processes/run-command.ts";
    await runCommand(createSystemClock(), ["true"], {
      timeoutMs: 60_000, env: { PATH: process.env.PATH }, signal: new AbortController().signal });`;
  const began = performance.now();
  const child = Bun.spawn([process.execPath, folder.write("ends.ts", code)], { env, stdin: "ignore" });
  expect(await child.exited).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
});
