import { expect, test } from "bun:test";
import { PATH, ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("child-signal");

/** coreutils since 8.31. */
const IGNORING = ["env", "--ignore-signal=CHLD"];

/** A program that starts three children, under a parent that ignores SIGCHLD. */
function playUnder(parent: readonly string[], heeds: boolean) {
  const code = `
    import { heedChildren } from "${import.meta.dir}/../../../../src/adapters/processes/child-signal.ts";
    if (${heeds}) heedChildren();
    for (const code of [0, 7, 0]) {
      const child = Bun.spawn(["sh", "-c", "exit " + code], { stdin: "ignore" });
      process.stdout.write((await child.exited) + " ");
    }
    const killed = Bun.spawn(["sh", "-c", "kill -9 $$"], { stdin: "ignore" });
    await killed.exited;
    process.stdout.write(String(killed.signalCode));`;
  const program = folder.write(`play-${crypto.randomUUID()}.ts`, code);
  return Bun.spawn([...parent, process.execPath, program], {
    env: { PATH },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
}

test("heedChildren: a parent that ignores SIGCHLD costs nothing; without it, the runtime dies of it", async () => {
  const helped = playUnder(IGNORING, true);
  expect(await new Response(helped.stdout).text()).toBe("0 7 0 SIGKILL");
  expect(await helped.exited).toBe(0);
  const left = playUnder(IGNORING, false);
  expect(await new Response(left.stdout).text()).not.toBe("0 7 0 SIGKILL");
});

test("heedChildren: under any other parent it changes nothing", async () => {
  const child = playUnder([], true);
  expect(await new Response(child.stdout).text()).toBe("0 7 0 SIGKILL");
  expect(await child.exited).toBe(0);
});
