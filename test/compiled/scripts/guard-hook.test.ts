import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, SHELLS, TREE } from "./scratch.ts";

const folder = mkdtempSync(join(tmpdir(), "ha-guard-"));
const executable = join(folder, "ha-lizard");
const hook = join(folder, "50-ha-lizard");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  rmSync(executable, { force: true });
  const script = readFileSync(join(TREE, "init.d/vm-pre-start"), "utf8");
  writeFileSync(hook, script.replaceAll("/etc/ha-lizard/ha-lizard guard", `${executable} guard`));
});

function install(body: string, mode = 0o755): void {
  writeFileSync(executable, `#!/bin/sh\n${body}\n`);
  chmodSync(executable, mode);
}

for (const shell of SHELLS) {
  describe(`the hook before a start, under ${shell}`, () => {
    const start = () => run([...shell.split(" "), hook, "-vmuuid", "u", "-reason", "none"]);

    test("a clear yes of another host refuses the start, and says where the VM runs", async () => {
      install('echo "it runs on xcp2: $*"; echo noise >&2; exit 23');
      expect(await start()).toEqual({ code: 2, said: "it runs on xcp2: guard -vmuuid u -reason none\n" });
    });

    const others: readonly [string, () => void][] = [
      ["nobody runs it", () => install("exit 0")],
      ["the executable is missing", () => undefined],
      ["it cannot be run", () => install("exit 23", 0o644)],
      ["it is older, and knows no guard", () => install("echo wrong usage; exit 2")],
      ["it fails", () => install("exit 1")],
      ["it crashes", () => install("kill -SEGV $$")],
      ["it is for another processor", () => writeFileSync(executable, "\x7fELF", { mode: 0o755 })],
    ];
    for (const [what, arrange] of others)
      test(`the start goes on when ${what}`, async () => {
        arrange();
        expect(await start()).toEqual({ code: 0, said: "" });
      });

    test("the start goes on when it does not end, also one that ignores SIGTERM", async () => {
      install("trap '' TERM; exec sleep 600");
      const beganMs = performance.now();
      expect(await start()).toEqual({ code: 0, said: "" });
      expect(performance.now() - beganMs).toBeLessThan(10_000);
    });
  });
}
