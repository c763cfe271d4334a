import { describe, expect, test } from "bun:test";
import { POOL } from "./fake-xapi.ts";
import { haCfg } from "./run.ts";
import { SHOP, uuidOf, vm } from "./vms.ts";

const vms = [
  vm(1, "cent4", "true"),
  vm(2, 'db "main" 🦎', "false"),
  vm(3, "new", undefined, { otherConfig: {}, powerState: "Halted" }),
  vm(4, "x".repeat(200), "TRUE"),
];

describe("ha-cfg get-vm-ha", () => {
  test("lists every VM; at 80 columns the names have the rest of the line", async () => {
    const { code, out, err, world } = await haCfg(["get-vm-ha"], { vms });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        "HA     MANAGED  UUID                                  NAME",
        "true   yes      aaaaaaaa-0000-4000-8000-000000000001  cent4",
        'false  yes      aaaaaaaa-0000-4000-8000-000000000002  db "main" 🦎',
        "unset  yes      aaaaaaaa-0000-4000-8000-000000000003  new",
        `unset  yes      aaaaaaaa-0000-4000-8000-000000000004  ${"x".repeat(200)}`,
        "",
        "4 of 4 VMs managed (1 of them not started as they are); for the reasons: ha-cfg get-vm-ha NAME",
        "",
      ].join("\n"),
    );
    expect(world.calls).toEqual(["read", "list VMs", "close"]);
  });

  const reasons: readonly (readonly [string, Record<string, string>, string, string])[] = [
    ["cent4", {}, "yes", "GLOBAL_VM_HA=1 manages every VM"],
    ["cent4", { HA_GLOBAL_VM_HA: "0" }, "yes", "its HA flag is true"],
    ['db "main" 🦎', { HA_GLOBAL_VM_HA: "0" }, "no", "its HA flag is false"],
    ["new", { HA_GLOBAL_VM_HA: "0" }, "no", "its HA flag is not set"],
    [
      "new",
      {},
      "yes",
      "GLOBAL_VM_HA=1 manages every VM; but it is not started before it has run in this pool once",
    ],
    ["cent4", { HA_OP_MODE: "1" }, "no", "it belongs to no appliance"],
  ];
  for (const [name, otherConfig, managed, why] of reasons) {
    test(`${name} with ${JSON.stringify(otherConfig)}: managed ${managed}: ${why}`, async () => {
      const { code, out } = await haCfg(["get-vm-ha", name], { vms, otherConfig });
      expect(code).toBe(0);
      expect(out).toStartWith(`UUID for ${name} found: aaaaaaaa-`);
      expect(out).toContain(`\n  managed  ${managed}: ${why}\n`);
    });
  }

  test("with OP_MODE=1 the appliance decides", async () => {
    const member = { vms: [vm(1, "web", "false", SHOP)], otherConfig: { HA_OP_MODE: "1" } };
    expect((await haCfg(["get-vm-ha", "web"], member)).out).toContain("yes: its appliance shop is managed");
    const off = { ...member, otherConfig: { HA_OP_MODE: "1", HA_DISABLED_VAPPS: SHOP.appliance } };
    expect((await haCfg(["get-vm-ha", "web"], off)).out).toContain(
      "no: its appliance shop is in DISABLED_VAPPS",
    );
  });

  test("another home and a blocked start are said", async () => {
    const strange = [
      vm(1, "guest", "true", { otherConfig: { "home-pool": "another", "ha-lizard-ran": uuidOf(1) } }),
      vm(2, "fixed", "true", { startBlocked: true }),
    ];
    expect((await haCfg(["get-vm-ha", "guest"], { vms: strange })).out).toContain("its home is another pool");
    expect((await haCfg(["get-vm-ha", "fixed"], { vms: strange })).out).toContain(
      "its owner has blocked that",
    );
  });

  const stopped = (who: string, over: Record<string, string> = {}) => {
    const keys = {
      "home-pool": POOL,
      "ha-lizard-ran": uuidOf(1),
      "ha-lizard-stopped": `${uuidOf(1)} ${who} 1796040180 -`,
    };
    return [vm(1, "web", "true", { powerState: "Halted", otherConfig: { ...keys, ...over } })];
  };

  test.each([
    [
      "client-clean",
      {},
      {},
      "shut down by a client of XAPI on 2026-11-30 at 12:03 UTC, and stays down: start it by hand",
    ],
    [
      "client-hard",
      {},
      { HA_RESTART_STOPPED: "1" },
      "switched off by a client of XAPI on 2026-11-30 at 12:03 UTC; HA starts it",
    ],
    ["client-hard", { HA_RESTART_STOPPED: "1" }, {}, "at 12:03 UTC; HA starts it"],
    ["guest", {}, {}, "shut down by its own guest on 2026-11-30 at 12:03 UTC; HA starts it"],
    ["guest", { HA_RESTART_ON_GUEST_SHUTDOWN: "0" }, {}, "other-config:HA_RESTART_ON_GUEST_SHUTDOWN=1"],
  ])("who stopped it is said, and how to change that: %s %p %p", async (who, own, otherConfig, expected) => {
    const { out } = await haCfg(["get-vm-ha", "web"], { vms: stopped(who, own), otherConfig });
    expect(out).toContain("  state    Halted: ");
    expect(out).toContain(expected);
  });

  test("what stays down is counted, and is in the JSON", async () => {
    const list = await haCfg(["get-vm-ha"], { vms: stopped("client-clean") });
    expect(list.out).toContain("1 of 1 VMs managed (1 stopped on purpose)");
    const parsed = JSON.parse((await haCfg(["get-vm-ha", "--json"], { vms: stopped("client-clean") })).out);
    expect(parsed[0].stopped).toMatchObject({
      who: "client-clean",
      at: "2026-11-30T12:03:00.000Z",
      staysDown: true,
    });
    const foreign = stopped("client-clean", { "ha-lizard-stopped": `${uuidOf(2)} client-clean 1 -` });
    expect((await haCfg(["get-vm-ha", "web"], { vms: foreign })).out).toContain("  state    Halted\n");
  });

  test("by uuid, in any case; two of one name are both shown", async () => {
    const byUuid = await haCfg(["get-vm-ha", uuidOf(1).toUpperCase()], { vms });
    expect(byUuid.out).toContain("UUID for cent4 found");
    const twins = await haCfg(["get-vm-ha", "twin"], { vms: [vm(1, "twin"), vm(2, "twin")] });
    expect(twins.code).toBe(0);
    expect(twins.out.match(/UUID for twin found/g)?.length).toBe(2);
  });

  test("--json is JSON and nothing else", async () => {
    const parsed: unknown = JSON.parse((await haCfg(["get-vm-ha", "--json"], { vms })).out);
    expect(parsed).toContainEqual({
      uuid: uuidOf(2),
      name: 'db "main" 🦎',
      ha: false,
      powerState: "Running",
      managed: true,
      why: "GLOBAL_VM_HA=1 manages every VM",
      caveat: null,
      stopped: null,
    });
    expect(parsed).toContainEqual(expect.objectContaining({ uuid: uuidOf(3), ha: null }));
  });

  test("a name cannot write lines or move the cursor", async () => {
    const { out } = await haCfg(["get-vm-ha"], { vms: [vm(1, "evil\u001b[2J\nfalse  no")] });
    expect(out).not.toContain("\u001b");
    expect(out).toContain("evil [2J false  no\n");
  });

  test("no such VM: the nearest name, exit 2", async () => {
    const { code, err, out } = await haCfg(["get-vm-ha", "cent5"], { vms });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe("Cannot show cent5: there is no VM of this name or uuid; did you mean cent4?\n");
  });

  test("no VMs", async () => {
    expect((await haCfg(["get-vm-ha"])).out).toBe("There are no VMs in this pool.\n");
  });

  test("XAPI silent: nothing is claimed, exit 124", async () => {
    const read = await haCfg(["get-vm-ha"], { vms, readFault: { kind: "timeout" } });
    expect([read.code, read.out]).toEqual([124, ""]);
    const list = await haCfg(["get-vm-ha"], { vms, listFault: { kind: "timeout" } });
    expect([list.code, list.out]).toEqual([124, ""]);
    expect(list.err).toContain("Cannot list the VMs: no answer in time.");
  });
});
