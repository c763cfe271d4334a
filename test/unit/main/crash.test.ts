import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { startProgram, useScratch } from "../adapters/scratch.ts";

const scratch = useScratch("crash");
scratch.script("bin/logger", `{ printf '%s ' "$4"; cat; } >>"${scratch.path("log")}"`);
scratch.file("root/etc/ha-lizard/ha-lizard.pool.conf", "FENCE_PASSWD=topsecret\n", 0o600);

/** What a mode that dies so leaves in the log, and its exit code. */
async function dying(name: string, death: string) {
  const code = `
    import { untilCrash } from "$src/modes/crash.ts";
    import { createRuntime } from "$src/modes/runtime.ts";
    const runtime = createRuntime(false);
    await runtime.config.read();
    process.exitCode = await untilCrash("monitor", runtime, async () => { ${death} });`;
  await Bun.write(scratch.path("log"), "");
  const environment = { ...scratch.environment(), HA_LIZARD_ROOT: scratch.path("root") };
  const program = startProgram(scratch, name, code, environment);
  const exit = await program.exited;
  return { exit, log: readFileSync(scratch.path("log"), "utf8").trim() };
}

test.each([
  ["rejects", 'throw new Error("no topsecret");'],
  [
    "throws where nobody listens",
    'setTimeout(() => { throw new Error("no topsecret"); }, 1); await Bun.sleep(5_000);',
  ],
  ["forgets a promise", 'void Promise.reject(new Error("no topsecret")); await Bun.sleep(5_000);'],
  ["throws what is no error", 'throw "no topsecret";'],
])(
  "untilCrash: a mode that %s says so in the log, on one line and without passwords, and ends with 1",
  async (_, death) => {
    const { exit, log } = await dying("dies", death);
    expect(exit).toBe(1);
    expect(log).toStartWith("user.crit check_xapi: The monitor has crashed: ");
    expect(log).toContain("no ********");
    expect(log.split("\n").length).toBe(1);
  },
);

test("untilCrash: one that ends by itself has its own exit code and says nothing", async () => {
  expect(await dying("ends", "return 3;")).toEqual({ exit: 3, log: "" });
});
