import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CHAPTERS } from "../../../src/cli/manual-contents.ts";
import { parseHostsFile } from "../../../src/fence-agents/hosts-file.ts";
import { chooseMode } from "../../../src/main.ts";
import { parseBlocks } from "../../../src/manual/blocks.ts";
import { createManual } from "../../../src/manual/manual.ts";
import { ScratchFolder } from "../adapters/scratch.ts";
import type { FakeWorld } from "../cli/fake-ports.ts";
import { haCfg } from "../cli/run.ts";
import { soundPool } from "../cli/sound-pool.ts";
import { knownHost } from "../core/fixtures.ts";
import { toldRecords } from "../record/told-failover.ts";
import { type CommandLine, commandLines, shellBlocks } from "./command-lines.ts";

const TREE = resolve(import.meta.dir, "../../..");
const folder = new ScratchFolder("manual");
const manual = createManual([]);
const README = readFileSync(resolve(TREE, "README.md"), "utf8");
const ALL = [
  ...CHAPTERS.flatMap(({ name }) => commandLines(name, manual.markdown(name))),
  ...commandLines("README", README),
];
const of = (start: string): readonly CommandLine[] =>
  ALL.filter(({ line }) => line === start || line.startsWith(`${start} `));

/** The pool of the manual's examples; somebody sits at the terminal and says yes, or types a password. */
const records = await toldRecords(1);

function pool(line: string): Partial<FakeWorld> {
  const sound = soundPool();
  const hosts = (sound.hosts ?? []).map((host, at) => ({ ...host, name: `h${at + 1}` }));
  return {
    ...sound,
    ...{ hosts, records },
    rememberedHosts: hosts.map(({ uuid, name }) => knownHost(uuid, { name })),
    // Nobody in this world changes what is heard, so nobody would wait for that to an end.
    ...(line === "ha-cfg ha-disable" ? { hearing: null } : {}),
    storages: {
      ok: true,
      value: [
        {
          uuid: "5c1f2a3b-1111-4222-8333-444455556666",
          ...{ name: "nfs", type: "nfs", shared: true, hosts: hosts.map(({ uuid }) => uuid) },
        },
      ],
    },
    bmcs: {
      ok: true,
      value: hosts.map(({ uuid }, at) => ({
        host: uuid,
        address: `192.0.2.1${at + 1}`,
        user: null,
        secret: "s",
      })),
    },
    secret: () => ({ ok: true, value: "the password of the BMCs" }),
    files: { "/root/ha-lizard.backup": "XE_TIMEOUT=9\n" },
    terminal: true,
    lines: ["yes", "yes"],
  };
}

/** What stands for something in a sentence. */
const NAMES: Readonly<Record<string, string>> = { NAME: "XE_TIMEOUT", ACTION: "get", CHAPTER: "purpose" };

/** What this pool refuses, for nothing is wrong in it; each with what is said. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^ha-cfg confirm-off h1$/, "Cannot confirm that h1 is off: it is this host"],
  [/^ha-cfg tie-breaker test/, "TIE_BREAKER=none, so there is no place"],
  [/^ha-cfg power-on h2$/, "Cannot switch h2 on: its monitor is heard"],
  [/^ha-cfg confirm-off h[23]$/, "is off: its monitor is heard"],
];

/** The words of a line as the shell reads them. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
}

async function run(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([...command], {
    cwd: TREE,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 30_000,
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, said: out + err };
}

describe("every ha-cfg line of the manual is run", () => {
  // An action that a sentence only names is asked for its help.
  const isName = ({ line, inBlock }: CommandLine): boolean => !inBlock && line.split(" ").length < 3;
  const lines = [...new Set(of("ha-cfg").map((one) => (isName(one) ? `${one.line} --help` : one.line)))];
  test("there are many", () => expect(lines.length).toBeGreaterThan(60));
  for (const line of lines) {
    test(line, async () => {
      const words = wordsOf(line).slice(1);
      const { code, err } = await haCfg(
        words.map((word) => NAMES[word] ?? word),
        pool(line),
      );
      const refusal = REFUSED.find(([which]) => which.test(line))?.[1];
      if (refusal === undefined)
        expect([code, err.replace(/^Warning: .*$/gm, "")]).toEqual([0, expect.any(String)]);
      else expect([code, err]).toEqual([1, expect.stringContaining(refusal)]);
    });
  }
});

describe("every line of the service script is understood", () => {
  const lines = [...new Set(of("service").map(({ line }) => line))];
  test("there are some", () => expect(lines.length).toBeGreaterThan(3));
  for (const line of lines) {
    test(line, async () => {
      const [, service, ...words] = wordsOf(line);
      expect(service).toBe("ha-lizard");
      // Nothing is installed in this root: whatever is asked for ends at once. 2 is wrong usage.
      const { code, said } = await run(["sh", "init.d/ha-lizard", ...words], { HA_LIZARD_ROOT: folder.path });
      expect([code === 2, said.includes("Usage")]).toEqual([false, false]);
    });
  }
});

for (const script of ["./install.sh", "./uninstall.sh"]) {
  describe(`every line of ${script} is understood`, () => {
    const options = new Set(of(script).flatMap(({ line }) => wordsOf(line).slice(1)));
    for (const option of options)
      test(option, async () => {
        const { code } = await run(["sh", script, option, "--help"]);
        expect(code).toBe(0);
      });
    test("and one that does not exist is not", async () =>
      expect((await run(["sh", script, "--no-such-option", "--help"])).code).toBe(2));
  });
}

test("options of the installer in the chapter are those of the script, all of them", async () => {
  const usage = (await run(["sh", "install.sh", "--help"])).said;
  const known = [...usage.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
  const chapter =
    manual.markdown("installing").split("## Options of the installer")[1]?.split("\n## ")[0] ?? "";
  const told = [...chapter.matchAll(/^\| `(--[a-z-]+)/gm)].map(([, option]) => option);
  expect([...told].sort()).toEqual([...known].sort());
});

/** Actions of xe and their parameters, as XAPI's own command line has them; what a parameter holds is not looked at. */
const XE: Readonly<Record<string, readonly string[]>> = {
  "host-call-plugin": ["host-uuid", "plugin", "fn", "args"],
  "host-disable": ["uuid"],
  "host-enable": ["uuid"],
  "host-evacuate": ["uuid"],
  "host-list": ["params"],
  "pool-designate-new-master": ["host-uuid"],
  "pool-emergency-reset-master": ["master-address"],
  "pool-emergency-transition-to-master": [],
  "pool-ha-disable": [],
  "pool-ha-enable": [],
  "pool-param-set": ["uuid", "other-config"],
  "pool-recover-slaves": [],
  "task-cancel": ["uuid"],
  "task-list": [],
  "vm-list": [],
  "vm-param-remove": ["uuid", "param-name", "param-key"],
  "vm-param-set": ["uuid", "blocked-operations", "other-config"],
  "vm-start": ["uuid"],
};

test("every xe line has an action of xe, with parameters that it has", () => {
  for (const { line } of of("xe")) {
    const [, action = "", ...words] = wordsOf(line);
    const known = XE[action];
    expect([line, known !== undefined]).toEqual([line, true]);
    const names = words.map((word) => word.split(/[:=]/)[0] ?? "");
    expect([line, names.filter((name) => known?.includes(name) !== true)]).toEqual([line, []]);
  }
  expect(of("xe").length).toBeGreaterThan(10);
});

/** Tools of other people; each line was tried by hand or is tried below. */
const OTHERS: readonly string[] = [
  "/etc/ha-lizard/ha-lizard iterate --foreground",
  "cat /etc/xensource/pool.conf",
  "cat >/etc/ha-lizard/fence/IPMI/IPMI.hosts <<'END'",
  "cat >/etc/ha-lizard/hooks/all <<'END'",
  "cd ha-lizard-*/",
  "chmod 600 /etc/ha-lizard/fence/IPMI/IPMI.hosts",
  "chmod 755 /etc/ha-lizard/hooks/all",
  "list_domains",
  "mkdir -m 755 /etc/ha-lizard/hooks",
  "systemctl stop",
  "tar -xzf ha-lizard-*.tar.gz",
  "xl destroy 7",
  "xl list",
  "yum install xen-dom0-tools",
];

test("no other command is in the manual", () => {
  const ours = /^(ha-cfg|service|xe|\.\/install\.sh|\.\/uninstall\.sh)( |$)/;
  const others = new Set(ALL.map(({ line }) => line).filter((line) => !ours.test(line)));
  expect([...others].sort()).toEqual([...OTHERS].sort());
});

test("the executable has that mode", () =>
  expect(chooseMode("ha-lizard", ["iterate", "--foreground"])).toEqual({
    mode: "iterate",
    rest: ["--foreground"],
  }));

test("the list of BMCs in the manual is one that the agent understands, and written before the devices are asked", () => {
  const script = shellBlocks(parseBlocks(manual.markdown("installing"))).join("");
  expect(script.indexOf("IPMI.hosts")).toBeLessThan(script.indexOf("ha-cfg fence-test"));
  const list = /IPMI\.hosts <<'END'\n([\s\S]*?)\nEND\n/.exec(script)?.[1] ?? "";
  const { entries, problems } = parseHostsFile(list, { usualPort: 623, systems: false, shape: "" });
  expect([entries.length, problems]).toEqual([3, []]);
});

test("README says which BMC belongs to which of its three hosts before the devices are asked", () => {
  const [before = "", after] = shellBlocks(parseBlocks(README)).join("").split("ha-cfg fence-test");
  const devices = [...before.matchAll(/^ha-cfg fence-hosts set (\S+) (\S+)$/gm)].map(([, host, device]) => [
    host,
    device,
  ]);
  expect(after).toBeDefined();
  expect(devices).toEqual([
    ["h1", "192.0.2.11"],
    ["h2", "192.0.2.12"],
    ["h3", "192.0.2.13"],
  ]);
});

test("every block of commands is shell", async () => {
  const scripts = CHAPTERS.flatMap(({ name }) => shellBlocks(parseBlocks(manual.markdown(name))));
  for (const [at, script] of scripts.entries()) {
    const file = folder.write(`block-${at}.sh`, script);
    expect([script, (await run(["sh", "-n", file])).said]).toEqual([script, ""]);
  }
});
