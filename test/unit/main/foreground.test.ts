import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const MAIN = resolve(import.meta.dir, "../../../src/main.ts");
const root = mkdtempSync(join(tmpdir(), "ha-lizard-main-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, "bin"));

/** A mode in an empty root, with no `logger` on the path: nothing of this machine is read or written. */
function run(...args: readonly string[]) {
  const child = Bun.spawnSync([process.execPath, MAIN, ...args], {
    env: { PATH: join(root, "bin"), HA_LIZARD_ROOT: root },
    stdin: "ignore",
    timeout: 20_000,
  });
  return { code: child.exitCode, err: child.stderr.toString() };
}

test("--foreground: log lines also go to standard error; without it they do not", () => {
  const line = "error master_ip: Cannot learn the uuid of this host from the inventory: nothing is done.\n";
  expect(run("iterate", "--foreground")).toEqual({ code: 1, err: line });
  expect(run("iterate")).toEqual({ code: 1, err: "" });
});

for (const mode of ["monitor", "iterate", "watchdog"]) {
  test(`${mode}: another option is wrong usage`, () => {
    const { code, err } = run(mode, "--forground");
    expect([code, err]).toEqual([2, "Cannot run: there is no option --forground; there is --foreground.\n"]);
  });
}
