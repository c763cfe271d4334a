import { describe, expect, test } from "bun:test";
import { readFileSync, utimesSync } from "node:fs";
import { createLocalHost, readRole } from "../../../../src/adapters/files/local-host-files.ts";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { vmUuid } from "../../../../src/core/model/ids.ts";
import { HANG, never, PATH, ScratchFolder } from "../scratch.ts";

const clock = createSystemClock();
const folder = new ScratchFolder();
const HOST = "0a3b1c2d-0000-4000-8000-00000000000a";
const CONTROL = "0a3b1c2d-0000-4000-8000-0000000000c0";
const NIL = "00000000-0000-0000-0000-000000000000";
const VM_1 = vmUuid("11111111-2222-4333-8444-000000000001");
const VM_2 = vmUuid("aaaaaaaa-2222-4333-8444-000000000002");
const BOOT = "5e5c9d6c-8ad1-4d43-9c5b-5c2f5d1b9f10";
const COOKIE = "var/run/xapi_init_complete.cookie";
const COOKIE_MS = Date.UTC(2026, 10, 23, 12, 0, 0);
const LIST = "opt/xensource/bin/list_domains";

/** A root with the files of a healthy slave, and tools of its own. */
function host(files: Readonly<Record<string, string>> = {}) {
  const name = crypto.randomUUID();
  const all: Record<string, string> = {
    "etc/xensource-inventory": `PRODUCT='XCP-ng'\nINSTALLATION_UUID='${HOST}'\nCONTROL_DOMAIN_UUID='${CONTROL}'\n`,
    "etc/xensource/pool.conf": "slave:10.0.0.1",
    "proc/sys/kernel/random/boot_id": `${BOOT}\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) folder.write(`${name}/${path}`, text);
  const paths = pathsFrom({
    HA_LIZARD_ROOT: folder.at(name),
    HA_LIZARD_SYSRQ: folder.write(`${name}/sysrq`, ""),
  });
  const environment = { PATH: `${folder.at(name, "bin")}:${PATH}` };
  const local = createLocalHost({ paths, clock, environment, probeOwnXapi: async () => true });
  const tool = (path: string, body: string) => folder.script(`${name}/${path}`, body);
  return { local, paths, tool, at: (path: string) => folder.at(name, path) };
}

const minimal = (...uuids: readonly string[]) => uuids.map((uuid) => `echo '${uuid}'`).join("\n");

describe("readRole", () => {
  const rows: readonly [string, unknown][] = [
    ["master", { kind: "master" }],
    ["master\n", { kind: "master" }],
    ["slave:10.0.0.1", { kind: "slave", masterAddress: "10.0.0.1" }],
    ["slave:fd00::1\n", { kind: "slave", masterAddress: "fd00::1" }],
    ["broken", { kind: "broken" }],
    ["slave:", { kind: "unknown" }],
    ["", { kind: "unknown" }],
    ["MASTER", { kind: "unknown" }],
    ["slave:10.0.0.1/x?", { kind: "unknown" }],
    ["slave:a\nb", { kind: "unknown" }],
    [`slave:${"a".repeat(300)}`, { kind: "unknown" }],
  ];
  for (const [text, role] of rows)
    test(`pool.conf ${JSON.stringify(text)}: ${JSON.stringify(role)}`, async () =>
      expect(await readRole(folder.write(crypto.randomUUID(), text))).toMatchObject(role as object));

  test("no pool.conf: unknown, with the file's name", async () => {
    const path = folder.at("nothing-here");
    expect(await readRole(path)).toEqual({
      kind: "unknown",
      why: `Cannot read ${path}: there is no such file`,
    });
  });
});

describe("observe", () => {
  test("all that the files and the tool say", async () => {
    const { local, tool, at } = host({ [COOKIE]: "" });
    tool(LIST, `[ "$*" = -minimal ] || exit 9\n${minimal(CONTROL, VM_1, VM_2)}`);
    utimesSync(at(COOKIE), new Date(COOKIE_MS), new Date(COOKIE_MS));
    expect(await local.observe(never())).toEqual({
      uuid: HOST as never,
      role: { kind: "slave", masterAddress: "10.0.0.1" },
      bootId: BOOT,
      initCompleteAtMs: COOKIE_MS,
      domains: [VM_1, VM_2],
      xapiAnswers: true,
      heldSinceMs: null,
      blockedRoutes: [],
    });
  });

  test("no init cookie: xapi has not finished its start", async () => {
    expect((await host().local.observe(never()))?.initCompleteAtMs).toBe(null);
  });

  for (const [what, text] of [
    ["empty", ""],
    ["without the host's uuid", "PRODUCT='x'\n"],
    ["with a uuid that is none", "INSTALLATION_UUID='h1'\n"],
  ])
    test(`an inventory ${what}: null`, async () =>
      expect(await host({ "etc/xensource-inventory": text ?? "" }).local.observe(never())).toBeNull());

  test("a uuid in upper case is the host's as XAPI has it, which has taken it from there", async () => {
    const upper = HOST.toUpperCase();
    const files = { "etc/xensource-inventory": `INSTALLATION_UUID='${upper}'\n` };
    expect<string | undefined>((await host(files).local.observe(never()))?.uuid).toBe(upper);
  });

  test("an inventory with double quotes, or none, and spaces is read too", async () => {
    for (const line of [
      `INSTALLATION_UUID="${HOST}"`,
      `INSTALLATION_UUID=${HOST}`,
      ` INSTALLATION_UUID = '${HOST}' `,
    ]) {
      const view = await host({ "etc/xensource-inventory": `${line}\n` }).local.observe(never());
      expect<string | undefined>(view?.uuid).toBe(HOST);
    }
  });
});

describe("observe: domains", () => {
  const rows: readonly [string, string, unknown][] = [
    ["the control domain alone is an empty list", minimal(CONTROL), []],
    ["domain 0 under the nil uuid is not a VM", minimal(NIL, VM_1), [VM_1]],
    ["upper case and spaces around", `echo '  ${VM_2.toUpperCase()}  '\n${minimal(CONTROL)}`, [VM_2]],
    ["lines with more in them", `echo '0 | ${CONTROL} | R'\necho '7 | ${VM_1} | B'`, [VM_1]],
    ["a VM with two domains is named once", minimal(CONTROL, VM_1, VM_1), [VM_1]],
    ["nothing said is unknown: domain 0 is always there", "exit 0", "unknown"],
    ["words are unknown", "echo 'Fatal error: no hypervisor'", "unknown"],
    ["a failure is unknown, whatever was said before", `${minimal(CONTROL, VM_1)}\nexit 1`, "unknown"],
    ["killed: unknown", `${minimal(CONTROL, VM_1)}\nkill -9 $$`, "unknown"],
    ["an endless list is unknown", `yes ${VM_1}`, "unknown"],
    ["an output that is held open is unknown", `${minimal(CONTROL)}\nsleep 2 &`, "unknown"],
  ];
  for (const [name, body, domains] of rows)
    test(name, async () => {
      const { local, tool } = host();
      tool(LIST, body);
      expect<unknown>((await local.observe(never()))?.domains).toEqual(domains);
    });

  test("a VM that xenopsd was told to start is here before its domain is", async () => {
    const { local, tool } = host({
      [`var/run/nonpersistent/xenopsd/classic/VM/${VM_2.toUpperCase()}/metadata`]: "{}",
      [`var/run/nonpersistent/xenopsd/classic/VM/${VM_1}/metadata`]: "{}",
      [`var/run/nonpersistent/xenopsd/classic/VM/${CONTROL}/metadata`]: "{}",
      "var/run/nonpersistent/xenopsd/classic/VM/.tmp": "",
      "var/run/nonpersistent/xenopsd/simulator/other": "",
    });
    tool(LIST, minimal(CONTROL, VM_1));
    expect([...((await local.observe(never()))?.domains ?? [])].sort()).toEqual([VM_1, VM_2]);
  });

  test("list_domains from PATH where the host's own is missing", async () => {
    const { local, tool } = host();
    tool("bin/list_domains", minimal(CONTROL, VM_1));
    expect((await local.observe(never()))?.domains).toEqual([VM_1]);
  });

  test("no list_domains anywhere: unknown", async () => {
    expect((await host().local.observe(never()))?.domains).toBe("unknown");
  });

  test("one that hangs: unknown, when the caller's time is over", async () => {
    const { local, tool } = host();
    tool(LIST, HANG);
    const controller = new AbortController();
    const observing = local.observe(controller.signal);
    controller.abort();
    expect((await observing)?.domains).toBe("unknown");
  });
});

describe("restartToolstack", () => {
  test("xe-toolstack-restart; the others are not asked when it works", async () => {
    const { local, tool, at } = host();
    tool("bin/xe-toolstack-restart", `echo toolstack >>'${at("did")}'`);
    tool("bin/service", `echo service >>'${at("did")}'`);
    await local.restartToolstack(never());
    expect(readFileSync(at("did"), "utf8")).toBe("toolstack\n");
  });

  test("service xapi restart, then systemctl, where the one before fails; an error when all do", async () => {
    const { local, tool, at } = host();
    tool("bin/xe-toolstack-restart", "exit 1");
    tool("bin/service", `echo "service $*" >>'${at("did")}'; exit 1`);
    tool("bin/systemctl", `echo "systemctl $*" >>'${at("did")}'`);
    await local.restartToolstack(never());
    expect(readFileSync(at("did"), "utf8")).toBe("service xapi restart\nsystemctl restart xapi\n");
    tool("bin/systemctl", "exit 1");
    await expect(local.restartToolstack(never())).rejects.toThrow("Cannot restart the toolstack");
  });
});

test("rebootNow: writes b, alone, to the given trigger", async () => {
  const { local, paths } = host();
  await local.rebootNow();
  expect(readFileSync(paths.sysrq, "utf8")).toBe("b");
});
