import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fakeDaemon, type Ran, run, Scratch, TREE } from "./scratch.ts";

/** Several installations each, and a machine that may have other work. */
const DEADLINE_MS = 120_000;
const WATCHDOG = "etc/init.d/ha-lizard-watchdog";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

describe("WATCH_INTERVAL", () => {
  const kept: readonly [string, string][] = [
    ["WATCH_INTERVAL=25", "25"],
    ['WATCH_INTERVAL="300"', "300"],
    ["export WATCH_INTERVAL=7 # seconds", "7"],
    ["WATCH_INTERVAL=0", "10"],
    ["WATCH_INTERVAL=301", "10"],
    ["WATCH_INTERVAL=15s", "10"],
    ["WATCH_INTERVAL=$(reboot)", "10"],
  ];
  for (const [set, expected] of kept) {
    test(
      `an upgrade over ${set}: ${expected}`,
      async () => {
        await scratch.install("dash");
        scratch.write(WATCHDOG, scratch.text(WATCHDOG).replace("\nWATCH_INTERVAL=10\n", `\n${set}\n`));
        const { said } = await scratch.install("dash");
        expect(scratch.text(WATCHDOG)).toContain(`\nWATCH_INTERVAL=${expected}\n`);
        expect(said.includes("is not kept")).toBe(expected === "10");
      },
      DEADLINE_MS,
    );
  }
});

/** A host of its own that has nothing to lose. */
async function onHost(script: string): Promise<Ran> {
  scratch.writeBinary(fakeDaemon("ends", 1));
  return await run([join(import.meta.dir, "host.sh"), scratch.folder, script]);
}

describe("--root", () => {
  for (const name of ["install.sh --binary /srv/executable", "uninstall.sh"]) {
    test(
      `${name}: this host by any other name is refused, nothing changed`,
      async () => {
        const ran = await onHost(`exec 2>&1
mkdir -p /mnt/bound /mnt/own; mount --bind / /mnt/bound; ln -s / /mnt/link; ln -s /etc /mnt/own/etc
find / -xdev >/tmp/before
for root in / // /. /./ ///. /mnt/link /mnt/link/ /mnt/bound /proc/self/root /mnt/.. /mnt/own .. .; do
  sh /tree/${name} --root "$root" || echo "<$root $?>"
done
find / -xdev | diff /tmp/before - | grep -v /tmp/before || true`);
        const refused = ran.said.split("\n").filter((line) => line.startsWith("<"));
        expect(refused.length).toBe(13);
        for (const line of refused) expect(line).toEndWith(" 1>");
        expect(ran.said.match(/leave --root out. Nothing was changed./g)?.length).toBe(13);
        expect(ran.said).not.toContain("> /");
      },
      DEADLINE_MS,
    );
  }

  test(
    "a link to another root is another root",
    async () => {
      const link = join(scratch.folder, "link");
      symlinkSync(scratch.root, link);
      const { code } = await run([join(TREE, "install.sh"), "--root", link, "--binary", scratch.binary]);
      expect([code, scratch.list()]).toEqual([0, expect.arrayContaining([WATCHDOG])]);
    },
    DEADLINE_MS,
  );
});

describe("uninstall.sh asks", () => {
  test(
    "without a terminal and without --yes this host is left as it is",
    async () => {
      const ran = await onHost(`exec 2>&1; mkdir -p /etc/ha-lizard; : >/etc/ha-lizard/installed-agents
sh /tree/uninstall.sh --purge </dev/null || echo "uninstall $?"; ls /etc/ha-lizard`);
      expect(ran.said).toMatch(/add --yes[^\n]*Nothing was changed.\nuninstall 1\ninstalled-agents\n$/);
    },
    DEADLINE_MS,
  );

  for (const [typed, removes] of [
    ["", false],
    ["n", false],
    ["yse", false],
    ["y", true],
    ["yes", true],
  ] as const) {
    test(
      `on a terminal, "${typed}" is a ${removes ? "yes" : "no"}`,
      async () => {
        await scratch.install("dash");
        const line = `${join(TREE, "uninstall.sh")} --root ${scratch.root} --purge`;
        const child = Bun.spawn(["script", "-qec", line, "/dev/null"], {
          env: { PATH: process.env["PATH"] ?? "", SHELL: "/bin/sh" },
          stdin: "pipe",
          stdout: "pipe",
          stderr: "ignore",
        });
        child.stdin.write(`${typed}\n`);
        await child.stdin.flush();
        const said = await new Response(child.stdout).text();
        child.stdin.end();
        expect([
          await child.exited,
          said.includes("[y/N]"),
          scratch.list().includes("etc/ha-lizard"),
        ]).toEqual([removes ? 0 : 1, true, !removes]);
      },
      DEADLINE_MS,
    );
  }
});

describe("the lock of the init script", () => {
  for (const before of [null, 0o777]) {
    test(
      `lies in a folder that only root may enter${before === null ? "" : ", also where one of other rights was"}`,
      async () => {
        await scratch.install("dash");
        const folder = scratch.path("var/run/ha-lizard");
        if (before !== null) mkdirSync(folder, { recursive: true, mode: before });
        const ran = await run([scratch.path("etc/init.d/ha-lizard"), "stop"], {
          HA_LIZARD_ROOT: scratch.root,
        });
        expect([ran.code, (statSync(folder).mode & 0o777).toString(8)]).toEqual([0, "700"]);
        expect(scratch.list().filter((name) => name.endsWith("init-lock"))).toEqual([
          "var/run/ha-lizard/ha-lizard.init-lock",
        ]);
        expect((await scratch.uninstall("dash")).code).toBe(0);
        expect(scratch.list()).not.toContain("var/run/ha-lizard");
      },
      DEADLINE_MS,
    );
  }
});
