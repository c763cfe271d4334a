import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createHostSurvey } from "../../../../src/adapters/files/host-survey-files.ts";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder();

/** A host with these files; a number is a mode, `->` a link. */
function host(files: Readonly<Record<string, string>> = {}, modes: Readonly<Record<string, number>> = {}) {
  const name = crypto.randomUUID();
  const root = folder.at(name);
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    if (!text.startsWith("-> ")) folder.write(`${name}/${path}`, text, modes[path]);
    else {
      mkdirSync(join(root, path, ".."), { recursive: true });
      symlinkSync(text.slice(3), join(root, path));
    }
  }
  const paths = pathsFrom({ HA_LIZARD_ROOT: root });
  return { root, paths, survey: createHostSurvey(paths) };
}

const GUARD = "etc/xapi.d/vm-pre-start/50-ha-lizard";
const PLUGIN = "etc/xapi.d/plugins/ha-lizard-plugin";

describe("keeperOf: the file of portreserve that names the port", () => {
  const rows: readonly [string, string, string | null][] = [
    ["by its number", "694/udp\n", "xhad"],
    ["by its number, of any protocol", "# of XAPI\n  694  # kept\n", "xhad"],
    ["by a name of /etc/services", "ha-cluster/udp\n", "xhad"],
    ["by another name of it", "heartbeat\n", "xhad"],
    ["of TCP", "694/tcp\n", null],
    ["another one", "6940/udp\n", null],
  ];
  const services = "ha-cluster 694/tcp\nha-cluster 694/udp heartbeat # Heartbeat\n";
  for (const [title, text, expected] of rows)
    test(title, async () => {
      const { survey } = host({
        "etc/portreserve/cups": "631\n",
        "etc/portreserve/xhad": text,
        "etc/services": services,
      });
      expect(await survey.keeperOf(694)).toBe(expected);
    });

  test("what it keeps now, by /run", async () => {
    const { survey } = host({ "run/portreserve/other": "694/udp\n" });
    expect(await survey.keeperOf(694)).toBe("other");
  });

  test("no folder, no keeper", async () => expect(await host().survey.keeperOf(694)).toBeNull());
});

describe("installed", () => {
  test("a host as install.sh leaves it", async () => {
    const files = { "etc/ha-lizard/ha-lizard": "", [GUARD]: "", [PLUGIN]: "-> ../../ha-lizard/ha-lizard" };
    const { survey } = host(files, { "etc/ha-lizard/ha-lizard": 0o755, [GUARD]: 0o755 });
    expect(await survey.installed()).toEqual({ guard: "there", plugin: "there", brokenHooks: [] });
  });

  test("a host that was installed anew", async () =>
    expect(await host().survey.installed()).toEqual({
      guard: "missing",
      plugin: "missing",
      brokenHooks: [],
    }));

  test("links that lead nowhere, whoever made them", async () => {
    const other = "etc/xapi.d/vm-pre-start/10-other";
    const { survey, root } = host({ [GUARD]: "-> nowhere", [other]: "-> nowhere", [PLUGIN]: "-> nowhere" });
    const { guard, plugin, brokenHooks } = await survey.installed();
    expect([guard, brokenHooks]).toEqual(["unusable", [other, GUARD].map((path) => join(root, path))]);
    expect(plugin).not.toBe("there");
  });
});

describe("watchdogTools", () => {
  const UNIT = "etc/systemd/system/multi-user.target.wants/xen-watchdog.service";
  test("the program, and the service while it is started at boot", async () => {
    const { survey, root } = host(
      { "usr/sbin/xenwatchdogd": "", [UNIT]: "" },
      { "usr/sbin/xenwatchdogd": 0o755 },
    );
    expect(await survey.watchdogTools()).toEqual({
      program: join(root, "usr/sbin/xenwatchdogd"),
      serviceOn: true,
    });
  });

  test("a service that runs although it is not started at boot", async () => {
    const { survey } = host({ "sys/fs/cgroup/systemd/system.slice/xen-watchdog.service/tasks": "7\n" });
    expect(await survey.watchdogTools()).toEqual({ program: null, serviceOn: true });
  });

  test("neither", async () =>
    expect(await host().survey.watchdogTools()).toEqual({ program: null, serviceOn: false }));
});

test("room: of the folders that are there", async () => {
  const { survey, root } = host({ "var/log/messages": "" });
  expect(await survey.room()).toEqual([{ path: join(root, "var/log"), freeBytes: expect.any(Number) }]);
  expect((await survey.room())[0]?.freeBytes).toBeGreaterThan(0);
});

describe("hooks", () => {
  const at = (name: string) => `etc/ha-lizard/hooks/${name}`;

  test("each with why it is not run, and the cure", async () => {
    const files = { [at("all")]: "", [at("host-failed")]: "", [at("host-fenced")]: "", [at("sub/x")]: "" };
    const modes = { [at("all")]: 0o755, [at("host-failed")]: 0o644, [at("host-fenced")]: 0o775 };
    const { survey, root } = host(files, modes);
    chmodSync(join(root, at("host-fenced")), 0o775);
    const path = (name: string) => join(root, at(name));
    expect(await survey.hooks()).toEqual([
      { path: path("all"), name: "all", why: null, cure: null },
      {
        ...{ path: path("host-failed"), name: "host-failed", why: "it cannot be executed" },
        cure: `chmod 755 ${path("host-failed")}`,
      },
      {
        ...{ path: path("host-fenced"), name: "host-fenced", why: "others may write it" },
        cure: `chmod go-w ${path("host-fenced")}`,
      },
      { path: path("sub"), name: "sub", why: "it is no file", cure: null },
    ]);
  });

  test("a folder that others may write", async () => {
    const { survey, root } = host({ [at("all")]: "" }, { [at("all")]: 0o755 });
    const above = join(root, "etc/ha-lizard/hooks");
    chmodSync(above, 0o777);
    expect(await survey.hooks()).toMatchObject([
      { name: "all", why: `${above}: others may write it`, cure: `chmod go-w ${above}` },
    ]);
  });

  test("no folder, no hook", async () => expect(await host().survey.hooks()).toEqual([]));
});
