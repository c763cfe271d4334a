import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "./stage.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
/** Names that people really give their VMs, and some that nobody should. */
const NAMES = [
  "web server 1",
  `"quoted" and 'single'`,
  "emoji 🦎🔥",
  "x".repeat(200),
  "--help",
  "-n",
  "$(touch hacked)",
  "back\\slash",
  "comma,in,it",
  "tab\tin it",
  "two\nlines",
  "red \u001b[31m alert",
  "ümläut",
  "",
];
const TWIN = "twin";

const folder = new ScratchFolder("ha-cfg");
let stage: Stage;
beforeAll(async () => {
  const vms = [...NAMES, TWIN, TWIN].map((name) => ({ name }));
  stage = await Stage.open(folder, { hosts: 2, vms, params: { GLOBAL_VM_HA: "0" } });
});
afterAll(() => stage.stop());

const flagsOf = (name: string) =>
  stage.server.world
    .host(1)
    .database.entries("VM")
    .filter(([, vm]) => vm["name_label"] === name && vm["is_control_domain"] === false)
    .map(([, vm]) => (vm["other_config"] as Record<string, string>)[FLAG]);

describe("set-vm-ha and get-vm-ha", () => {
  for (const name of NAMES.filter((name) => name !== "")) {
    test(`by the name ${JSON.stringify(name.slice(0, 30))}`, async () => {
      const set = await stage.run(2, ["set-vm-ha", "--", name, "true"]);
      expect({ code: set.code, err: set.err }).toEqual({ code: 0, err: "" });
      expect(flagsOf(name)).toEqual(["true"]);
      const get = await stage.run(2, ["get-vm-ha", "--json", "--", name]);
      expect(JSON.parse(get.out)).toMatchObject([{ name, ha: true }]);
    });
  }

  test("a name that two VMs have: both are listed, none is changed", async () => {
    const { code, out, err } = await stage.run(1, ["set-vm-ha", TWIN, "true"]);
    expect(code).not.toBe(0);
    for (const [, vm] of stage.server.world.host(1).database.entries("VM"))
      if (vm["name_label"] === TWIN) expect(out + err).toContain(String(vm["uuid"]));
    expect(flagsOf(TWIN)).toEqual([undefined, undefined]);
  });

  test("a VM without a name: by its uuid", async () => {
    const found = stage.server.world
      .host(1)
      .database.entries("VM")
      .find(([, vm]) => vm["name_label"] === "");
    expect((await stage.run(1, ["set-vm-ha", String(found?.[1]["uuid"]), "true"])).code).toBe(0);
    expect(flagsOf("")).toEqual(["true"]);
  });

  test("a name that nobody has: exit 2 or 1, with the nearest", async () => {
    const { code, err } = await stage.run(1, ["set-vm-ha", "web server 2", "true"]);
    expect(code).not.toBe(0);
    expect(err).toContain("web server 1");
  });

  test("the list is one line per VM, and no name is a command to the terminal", async () => {
    const { out } = await stage.run(1, ["get-vm-ha"]);
    const rows = out.split("\n").filter((line) => /[0-9a-f]{8}-3333-/.test(line));
    expect(rows.length).toBe(NAMES.length + 2);
    expect(out).not.toContain("\u001b");
    expect(out).toContain("two lines");
  });
});
