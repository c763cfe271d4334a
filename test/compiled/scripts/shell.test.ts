import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, SHELLS, TREE } from "./scratch.ts";

const SCRIPTS = [
  "install.sh",
  "uninstall.sh",
  "init.d/ha-lizard",
  "init.d/ha-lizard-watchdog",
  "init.d/installer.sh",
  "init.d/old-version.sh",
  "init.d/vm-pre-start",
  "fence/POOL/POOL.sh",
];
const HOST = "6b1a2f0c-4f1e-4c55-9f0f-000000000001";

for (const script of SCRIPTS) {
  describe(script, () => {
    test("shellcheck: clean, with no exclusions", async () => {
      expect(await run(["shellcheck", "--norc", join(TREE, script)])).toEqual({ code: 0, said: "" });
      expect(readFileSync(join(TREE, script), "utf8")).not.toContain("shellcheck disable");
    });
    for (const shell of SHELLS) {
      test(`${shell} reads it`, async () => {
        expect(await run([...shell.split(" "), "-n", join(TREE, script)])).toEqual({ code: 0, said: "" });
      });
    }
  });
}

describe("POOL.sh", () => {
  const agent = join(TREE, "fence/POOL/POOL.sh");
  for (const action of ["start", "stop", "reset"]) {
    test(`${action}: done`, async () => {
      expect(await run([agent, HOST, action])).toEqual({ code: 0, said: "" });
    });
  }
  for (const words of [[], [HOST], [HOST, "status"], ["", "stop"], [HOST, "stop", "now"], [HOST, ""]]) {
    test(`wrong usage [${words.join(" ")}]: 1`, async () => {
      expect(await run([agent, ...words])).toEqual({
        code: 1,
        said: expect.stringContaining("usage: POOL.sh"),
      });
    });
  }
});
