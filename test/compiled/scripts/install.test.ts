import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run, Scratch, SHELLS, TREE } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const FOLDERS = [
  "etc",
  "etc/bash_completion.d",
  "etc/ha-lizard",
  "etc/ha-lizard/fence",
  "etc/ha-lizard/scripts",
  "etc/init.d",
  "etc/xapi.d",
  "etc/xapi.d/plugins",
  "etc/xapi.d/vm-pre-start",
  "usr",
];
const KEPT = ["etc/ha-lizard/ha-lizard.conf", "etc/ha-lizard/state"];
const PROGRAM = [
  "etc/bash_completion.d/ha-cfg",
  "etc/ha-lizard/README.md",
  "etc/ha-lizard/manual.html",
  "etc/ha-lizard/manual.txt",
  "etc/ha-lizard/ha-lizard",
  "etc/ha-lizard/installed-agents",
  "etc/ha-lizard/scripts/ha-cfg",
  "etc/ha-lizard/scripts/ha-lizard-watchdog",
  "etc/ha-lizard/scripts/ha-lizard.mon",
  "etc/ha-lizard/scripts/recover_fenced_host",
  "etc/init.d/ha-lizard",
  "etc/init.d/ha-lizard-watchdog",
  "etc/xapi.d/plugins/ha-lizard-plugin",
  "etc/xapi.d/vm-pre-start/50-ha-lizard",
  "usr/bin/ha-cfg",
];
const SHARED = ["etc", "etc/init.d", "usr", "usr/bin"];

/** Lists, options and pinned keys, written after the installation. */
const OF_AN_ADMINISTRATOR = [
  "etc/ha-lizard/fence/ILO/ILO.hosts",
  "etc/ha-lizard/fence/IPMI/IPMI.conf",
  "etc/ha-lizard/state/fence-pins/ssh/192.0.2.7",
];

/** What stands in fence/, as the installer is to lay it out. */
function agents(): readonly string[] {
  return readdirSync(join(TREE, "fence"), { recursive: true, encoding: "utf8" }).map(
    (name) => `etc/ha-lizard/fence/${name}`,
  );
}

const mode = (name: string): string => (statSync(scratch.path(name)).mode & 0o777).toString(8);

for (const shell of SHELLS) {
  describe(`install.sh under ${shell}`, () => {
    test("lays out exactly these files, also the second time", async () => {
      const expected = [...new Set([...FOLDERS, ...SHARED, ...KEPT, ...PROGRAM, ...agents()])].sort();
      for (const round of [1, 2]) {
        const { code, said } = await scratch.install(shell);
        expect([round, code, said]).toEqual([round, 0, expect.stringContaining("is installed")]);
        expect(scratch.list()).toEqual(expected);
      }
    });

    test("what an administrator keeps is left, what is built in is replaced", async () => {
      await scratch.install(shell);
      scratch.write("etc/ha-lizard/ha-lizard.conf", "MONITOR_DELAY=20\n");
      scratch.write("etc/ha-lizard/state/memory.json", "{}");
      scratch.write("etc/ha-lizard/fence/OWN/OWN.sh", "own");
      for (const name of OF_AN_ADMINISTRATOR) scratch.write(name, name);
      scratch.write("etc/ha-lizard/fence/POOL/POOL.sh", "changed");
      scratch.write("etc/ha-lizard/fence/ILO/README.md", "changed");
      expect((await scratch.install(shell)).code).toBe(0);
      expect(scratch.text("etc/ha-lizard/ha-lizard.conf")).toBe("MONITOR_DELAY=20\n");
      expect(scratch.text("etc/ha-lizard/state/memory.json")).toBe("{}");
      expect(scratch.text("etc/ha-lizard/fence/OWN/OWN.sh")).toBe("own");
      for (const name of OF_AN_ADMINISTRATOR) expect(scratch.text(name)).toBe(name);
      expect(scratch.text("etc/ha-lizard/fence/POOL/POOL.sh")).toContain("usage: POOL.sh");
      expect(scratch.text("etc/ha-lizard/fence/ILO/README.md")).toContain("ILO.hosts");
    });

    test("--dry-run changes nothing, and names each step", async () => {
      const { code, said } = await scratch.install(shell, "--dry-run");
      expect([code, scratch.list()]).toEqual([0, []]);
      expect(said).toContain(
        `would do: put 0755 ${scratch.binary} ${scratch.path("etc/ha-lizard/ha-lizard")}`,
      );
      expect(said).not.toContain("is installed");
    });
  });

  describe(`uninstall.sh under ${shell}`, () => {
    test("leaves parameters, state and foreign files, nothing else", async () => {
      await scratch.install(shell);
      scratch.write("etc/ha-lizard/fence/OWN/OWN.sh", "own");
      scratch.write("var/run/ha-lizard.stopped", "");
      const { code, said } = await scratch.uninstall(shell);
      expect([code, said]).toEqual([0, expect.stringContaining("Files of the administrator are still in")]);
      const own = ["etc/ha-lizard/fence", "etc/ha-lizard/fence/OWN", "etc/ha-lizard/fence/OWN/OWN.sh"];
      expect(scratch.list()).toEqual([...SHARED, "etc/ha-lizard", ...KEPT, ...own, "var", "var/run"].sort());
    });

    test("leaves lists and options of the built-in methods, also those that were installed", async () => {
      await scratch.install(shell);
      for (const name of OF_AN_ADMINISTRATOR) scratch.write(name, name);
      const list = "etc/ha-lizard/installed-agents";
      const before = scratch.text(list);
      scratch.write(list, `${before}${OF_AN_ADMINISTRATOR.map((name) => `/${name}\n`).join("")}`);
      expect((await scratch.uninstall(shell)).code).toBe(0);
      const left = scratch.list().filter((name) => name.startsWith("etc/ha-lizard/fence/"));
      const lists = OF_AN_ADMINISTRATOR.filter((name) => name.includes("/fence/"));
      expect(left.filter((name) => name.includes("."))).toEqual(lists);
      expect(left.filter((name) => !name.includes("."))).toEqual(lists.map((name) => dirname(name)));
    });

    test("--purge leaves only the folders that were not ours", async () => {
      await scratch.install(shell);
      scratch.write("etc/ha-lizard/ha-lizard.pool.conf", "x");
      scratch.write("etc/ha-lizard/state/memory.json", "{}");
      expect((await scratch.uninstall(shell, "--purge")).code).toBe(0);
      expect(scratch.list()).toEqual(SHARED);
    });

    test("--dry-run changes nothing; twice is once", async () => {
      await scratch.install(shell);
      const before = scratch.list();
      expect((await scratch.uninstall(shell, "--purge", "--dry-run")).code).toBe(0);
      expect(scratch.list()).toEqual(before);
      for (let round = 0; round < 2; round++)
        expect((await scratch.uninstall(shell, "--purge")).code).toBe(0);
      expect(scratch.list()).toEqual(SHARED);
    });
  });
}

describe("install.sh", () => {
  test("modes: passwords and state are for root only", async () => {
    expect((await scratch.install("dash")).code).toBe(0);
    expect(mode("etc/ha-lizard/ha-lizard")).toBe("755");
    expect(mode("etc/ha-lizard/ha-lizard.conf")).toBe("600");
    expect(mode("etc/ha-lizard/state")).toBe("700");
    for (const name of agents().filter((agent) => agent.endsWith(".sh")))
      expect([name, mode(name)]).toEqual([name, "755"]);
    for (const name of agents().filter((agent) => agent.endsWith(".md")))
      expect([name, mode(name)]).toEqual([name, "644"]);
    expect(mode("etc/init.d/ha-lizard")).toBe("755");
  });

  test("the override file and the completion are what the executable prints", async () => {
    await scratch.install("dash");
    expect(scratch.text("etc/ha-lizard/ha-lizard.conf")).toBe("# default-file\n");
    expect(scratch.text("etc/bash_completion.d/ha-cfg")).toBe("# ha-cfg bash-completion\n");
    expect(mode("etc/bash_completion.d/ha-cfg")).toBe("644");
  });

  test("links: the one executable under its names", async () => {
    await scratch.install("dash");
    for (const name of ["ha-lizard.mon", "ha-lizard-watchdog", "ha-cfg"])
      expect(readlinkSync(scratch.path(`etc/ha-lizard/scripts/${name}`))).toBe("../ha-lizard");
    expect(readlinkSync(scratch.path("usr/bin/ha-cfg"))).toBe("/etc/ha-lizard/ha-lizard");
  });

  const refusals: readonly [string, string, () => void][] = [
    ["a missing executable", "--binary FILE", () => rmSync(scratch.binary)],
    ["an empty executable", "copy it again", () => writeFileSync(scratch.binary, "")],
    ["an executable without its bit", "chmod +x", () => chmodSync(scratch.binary, 0o644)],
    ["a missing root", "make it first", () => rmSync(scratch.root, { recursive: true })],
  ];
  for (const [what, cure, spoil] of refusals) {
    test(`${what}: refused with the cure, nothing changed`, async () => {
      spoil();
      const { code, said } = await scratch.install("dash");
      expect([code, said]).toEqual([1, expect.stringContaining(cure)]);
      expect(said).toContain("Nothing was changed.");
      expect(readdirSync(scratch.folder, { recursive: true }).length).toBeLessThanOrEqual(2);
    });
  }

  test("another processor: refused", async () => {
    const tools = join(scratch.folder, "tools");
    mkdirSync(tools);
    writeFileSync(join(tools, "uname"), "#!/bin/sh\necho aarch64\n", { mode: 0o755 });
    const path = `${tools}:${process.env["PATH"] ?? ""}`;
    const command = [join(TREE, "install.sh"), "--root", scratch.root, "--binary", scratch.binary];
    const { code, said } = await run(command, { PATH: path });
    expect([code, said]).toEqual([1, expect.stringContaining("aarch64")]);
    expect(scratch.list()).toEqual([]);
  });

  test("an installation of HA-Lizard 2.x goes aside whole; what its administrator wrote stays in force", async () => {
    const old: Readonly<Record<string, string>> = {
      "etc/ha-lizard/ha-lizard.conf": "FENCE_METHOD=OWN\n",
      "etc/ha-lizard/ha-lizard.sh": "old",
      "etc/ha-lizard/scripts/ha-lizard.func": "old",
      "etc/ha-lizard/fence/ILO/ILO.sh": "old",
      "etc/ha-lizard/fence/ILO/ILO.hosts": "uuid:192.0.2.1\n",
      "etc/ha-lizard/fence/OWN/OWN.sh": "own",
      "etc/init.d/ha-lizard": "old",
      "usr/bin/ha-cfg": "old",
    };
    for (const [name, text] of Object.entries(old)) scratch.write(name, text);
    chmodSync(scratch.path("etc/ha-lizard/fence/OWN/OWN.sh"), 0o755);
    const before = scratch.list();
    const main = join(TREE, "src/main.ts");
    scratch.writeBinary(
      `#!/bin/sh\ncase $1 in fence) exec "${process.execPath}" "${main}" "$@" ;; *) echo "# $*" ;; esac\n`,
    );
    const { code, said } = await scratch.install("dash");
    expect([code, said]).toEqual([0, expect.stringContaining("etc/ha-lizard.original")]);
    // Its exit status is trusted with two copies of a VM, and nobody knows whether it looks.
    expect(said).toContain(
      `${scratch.path("etc/ha-lizard/fence/OWN/OWN.sh")} has not been tested on this host, and its exit status 0 counts as proof that a host is off; before HA is on, run: ha-cfg fence-test\n`,
    );
    expect(said).not.toContain("ILO.sh has not been tested");
    expect(scratch.text("etc/ha-lizard/ha-lizard.conf")).toBe("FENCE_METHOD=OWN\n");
    expect(mode("etc/ha-lizard/ha-lizard.conf")).toBe("600");
    expect(scratch.text("etc/ha-lizard/fence/ILO/ILO.hosts")).toBe("uuid:192.0.2.1\n");
    expect(scratch.text("etc/ha-lizard/fence/OWN/OWN.sh")).toBe("own");
    expect(scratch.text("etc/ha-lizard/fence/ILO/ILO.sh")).not.toBe("old");
    expect(scratch.list()).not.toContain("etc/ha-lizard/ha-lizard.sh");
    expect(scratch.list()).not.toContain("etc/ha-lizard/scripts/ha-lizard.func");
    // A second run, an update of ours, leaves the original alone.
    expect((await scratch.install("dash")).code).toBe(0);
    expect(scratch.text("etc/ha-lizard.original/ha-lizard.sh")).toBe("old");

    const back = await scratch.uninstall("dash", "--restore");
    expect([back.code, back.said]).toEqual([0, expect.stringContaining("is back in")]);
    for (const [name, text] of Object.entries(old)) expect([name, scratch.text(name)]).toEqual([name, text]);
    const kept = scratch.list().filter((name) => !name.startsWith("etc/ha-lizard.after"));
    expect(kept).toEqual([...before]);
  });

  test("--restore without an original: refused, nothing removed", async () => {
    await scratch.install("dash");
    const before = scratch.list();
    const { code, said } = await scratch.uninstall("dash", "--restore");
    expect([code, said, scratch.list()]).toEqual([
      1,
      expect.stringContaining("Nothing was removed."),
      before,
    ]);
  });

  for (const script of ["install.sh", "uninstall.sh"]) {
    test(`${script}: an unknown option is 2, a missing value 1, the root of this host refused, --help 0`, async () => {
      const path = join(TREE, script);
      expect((await run([path, "--root", scratch.root, "--nonsense"])).code).toBe(2);
      expect((await run([path, "--dry-run", "--root"])).code).toBe(1);
      expect((await run([path, "--dry-run", "--root", "/"])).code).toBe(1);
      expect(await run([path, "--help"])).toEqual({ code: 0, said: expect.stringContaining("--dry-run") });
      expect(scratch.list()).toEqual([]);
    });
  }
});
