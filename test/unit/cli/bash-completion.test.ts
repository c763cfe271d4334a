import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
    expect(await offered("status", "--")).toEqual(["--json", "--nagios", "--help"]);
    expect(await offered("get", "--s")).toEqual(["--show-secrets"]);
  });

  test("chapters of the manual", async () => expect(await offered("manual", "pur")).toEqual(["purpose"]));

  test("parameters, and the values of those that have few", async () => {
    expect(await offered("set", "XE_")).toEqual(["XE_TIMEOUT"]);
    expect(await offered("set", "FENCE_ACTION", "")).toEqual(["start", "stop", "reset"]);
    expect(await offered("set", "fence_enabled", "")).toEqual(["0", "1"]);
    expect(await offered("set", "FENCE_METHOD", "R")).toEqual(["REDFISH"]);
    expect(await offered("set", "XE_TIMEOUT", "")).toEqual([]);
  });

  test("names of VMs and hosts, quoted; none is evaluated", async () => {
    expect(await offered("set-vm-ha", "web")).toEqual(["web\\ 1", "web2"]);
    expect(await offered("explain", "")).toEqual(["host", "vm"]);
    expect(await offered("explain", "vm", "web")).toEqual(["web\\ 1", "web2"]);
    expect(await offered("explain", "pool", "")).toEqual([]);
    expect(await offered("set-vm-ha", "web\\ ")).toEqual(["web\\ 1"]);
    expect(await offered("get-vm-ha", "$")).toEqual(["\\$\\(touch\\ hacked\\)"]);
    expect(await Bun.file(join(folder, "hacked")).exists()).toBe(false);
    expect(await offered("set-vm-ha", "web2", "")).toEqual(["true", "false"]);
    expect(await offered("fence-test", "")).toEqual(["h1", "h2"]);
    expect(await offered("fence-hosts", "")).toEqual(["set", "remove", "copy", "from-xapi"]);
    expect(await offered("fence-hosts", "set", "")).toEqual(["h1", "h2"]);
  });

  describe("names of files", () => {
    const HOSTILE = [
      "bk$(touch hacked)",
      "bk`touch hacked`",
      "bk;touch hacked",
      "bk\n$(touch hacked)",
      "bk'q",
      'bk"q',
      "bk!!",
    ];
    beforeAll(() => {
      for (const name of [...HOSTILE, "plain", "--yes"]) writeFileSync(join(folder, name), "");
      mkdirSync(join(folder, "sub dir"));
      writeFileSync(join(folder, "sub dir", "one"), "");
    });

    test("quoted: the shell reads each back as it is, and evaluates none", async () => {
      const found = await offered("restore", "bk");
      expect(found.length).toBe(HOSTILE.length);
      const script = `set -- ${found.join(" ")}; printf '%s\\0' "$@"`;
      const read = Bun.spawnSync(["bash", "-c", script], { cwd: folder }).stdout.toString().split("\0");
      expect(read.filter((name) => name !== "").sort()).toEqual([...HOSTILE].sort());
      expect(await Bun.file(join(folder, "hacked")).exists()).toBe(false);
    });

    for (const quote of ["'", '"']) {
      test(`within ${quote}: closed and run, each is one word, and nothing is evaluated`, async () => {
        const found = await offered("restore", `${quote}bk`);
        // Line breaks and ! cannot be quoted there.
        expect(found.length).toBe(HOSTILE.length - 2);
        const script = found.map((name) => `printf '%s\\0' ${quote}${name}${quote}`).join("\n");
        const read = Bun.spawnSync(["bash", "-c", script], { cwd: folder }).stdout.toString().split("\0");
        expect(read.filter((name) => name !== "").sort()).toEqual(
          HOSTILE.filter((name) => !/[\n!]/.test(name)).sort(),
        );
        expect(await Bun.file(join(folder, "hacked")).exists()).toBe(false);
      });
    }

    test("a folder ends with /, its files follow; a name that begins with - is no option", async () => {
      expect(await offered("restore", "sub")).toEqual(["sub\\ dir/"]);
      expect(await offered("restore", "sub\\ dir/")).toEqual(["sub\\ dir/one"]);
      expect(await offered("restore", "")).toContain("./--yes");
      expect(await offered("restore", "pl")).toEqual(["plain"]);
    });
  });

  test("what is unknown is completed with nothing", async () => {
    expect(await offered("nonsense", "")).toEqual([]);
    expect(await offered("version", "")).toEqual([]);
  });
});
