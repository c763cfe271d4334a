import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { haCfg } from "./run.ts";

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ha-lizard-completion-"));
  writeFileSync(join(folder, "ha-cfg"), (await haCfg(["bash-completion"])).out);
  writeFileSync(
    join(folder, "xe"),
    "#!/bin/sh\ncase $1 in vm-list) printf 'web 1,web2,$(touch hacked)' ;; host-list) printf 'h1,h2' ;; esac\n",
  );
  chmodSync(join(folder, "xe"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers for the last of these words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const script = `set -u; . ./ha-cfg; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ha_cfg; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${folder}:${process.env["PATH"]}`, LC_ALL: "C" };
  const shell = Bun.spawn(["bash", "-c", script, "bash", "ha-cfg", ...words], {
    cwd: folder,
    env,
    stdin: "ignore",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(shell.stdout).text(),
    new Response(shell.stderr).text(),
  ]);
  expect(err).toBe("");
  return out.split("\n").filter((line) => line !== "");
}

describe("ha-cfg bash-completion", () => {
  test("actions", async () => {
    expect(await offered("ha-")).toEqual(["ha-status", "ha-enable", "ha-disable"]);
    expect(await offered("doc")).toEqual(["doctor"]);
  });

  test("options of the action, and no other", async () => {
    expect(await offered("status", "--")).toEqual(["--json", "--help"]);
    expect(await offered("get", "--s")).toEqual(["--show-secrets"]);
  });

  test("parameters, and the values of those that have few", async () => {
    expect(await offered("set", "XE_")).toEqual(["XE_TIMEOUT"]);
    expect(await offered("set", "FENCE_ACTION", "")).toEqual(["start", "stop", "reset"]);
    expect(await offered("set", "fence_enabled", "")).toEqual(["0", "1"]);
    expect(await offered("set", "FENCE_METHOD", "R")).toEqual(["REDFISH"]);
    expect(await offered("set", "XE_TIMEOUT", "")).toEqual([]);
  });

  test("names of VMs and hosts, quoted; none is evaluated", async () => {
    expect(await offered("set-vm-ha", "web")).toEqual(["web\\ 1", "web2"]);
    expect(await offered("set-vm-ha", "web\\ ")).toEqual(["web\\ 1"]);
    expect(await offered("get-vm-ha", "$")).toEqual(["\\$\\(touch\\ hacked\\)"]);
    expect(await Bun.file(join(folder, "hacked")).exists()).toBe(false);
    expect(await offered("set-vm-ha", "web2", "")).toEqual(["true", "false"]);
    expect(await offered("fence-test", "")).toEqual(["h1", "h2"]);
  });

  test("what is unknown is completed with nothing", async () => {
    expect(await offered("nonsense", "")).toEqual([]);
    expect(await offered("version", "")).toEqual([]);
  });
});
