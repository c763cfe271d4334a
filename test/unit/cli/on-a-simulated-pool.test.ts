import { expect, test } from "bun:test";
import { neverAborts } from "../../../src/ports/deadline.ts";
import { ALERT_NAME } from "../../../src/ports/pool-database.ts";
import { simPassPorts } from "../../../src/simulation/ports.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";
import { FLAG } from "./vms.ts";

const OPTIONS = {
  hosts: 3,
  vms: [
    { name: "web 🦎", on: 1 },
    { name: "db", on: 2 },
  ],
} as const;

test("VM flags, alerts and removal against the real client and a simulated xapi, from a slave", async () => {
  const pool = poolWithHa({ ...OPTIONS });
  const set = await haCfgOn(pool, 2, ["set-vm-ha", "web 🦎", "false"]);
  expect([set.code, set.out]).toEqual([0, expect.stringContaining("updated to HA status: false")]);
  const listed = await haCfgOn(pool, 3, ["get-vm-ha", "--json"]);
  expect(JSON.parse(listed.out)).toContainEqual(expect.objectContaining({ name: "web 🦎", ha: false }));

  const xapi = simPassPorts(pool.world, 1).openXapi(5_000);
  let posted = 0;
  for (const [name, body] of [
    [ALERT_NAME, "h9 has failed\nLook at h9."],
    ["OTHERS", "stays"],
  ] as const)
    void xapi.post({ name, priority: 1, target: { kind: "pool" }, body }, neverAborts()).then(() => {
      posted += 1;
    });
  await pool.until(() => posted === 2, 10_000);
  const alerts = await haCfgOn(pool, 2, ["show-alerts"]);
  expect([alerts.code, alerts.out]).toEqual([
    0,
    expect.stringContaining("critical\n  h9 has failed\n    Look at h9.\n"),
  ]);
  expect(alerts.out).not.toContain("stays");
  const messages = () => [...pool.world.host(1).messages.values()].map((message) => message["name"]);
  expect(messages()).toContain(ALERT_NAME);
  const cleared = await haCfgOn(pool, 2, ["clear-alerts"]);
  expect([cleared.code, cleared.out]).toEqual([0, expect.stringContaining(" alerts removed.\n")]);
  expect(messages()).toEqual(["OTHERS"]);
  expect((await haCfgOn(pool, 2, ["show-alerts"])).out).toBe("There are no alerts.\n");

  const preset = await haCfgOn(pool, 1, ["preset", "pool", "--yes"]);
  expect(preset.code).toBe(0);
  const removed = await haCfgOn(pool, 1, ["remove", "--vms", "--yes"]);
  expect([removed.code, removed.out]).toEqual([0, expect.stringContaining("keys removed.")]);
  const { database } = pool.world.host(1);
  const left = [...database.entries("pool"), ...database.entries("VM"), ...database.entries("host")]
    .flatMap(([, fields]) => Object.keys(fields["other_config"] as object))
    .filter((key) => key === FLAG || key === "home-pool" || key.startsWith("HA_"));
  expect(left).toEqual([]);
});

test("two administrators at once: different keys both stand, of the same key one value stands", async () => {
  const pool = poolWithHa({ ...OPTIONS });
  const runs = await Promise.all([
    haCfgOn(pool, 1, ["set", "XE_TIMEOUT", "7"]),
    haCfgOn(pool, 2, ["set", "XAPI_COUNT", "8"]),
    haCfgOn(pool, 2, ["set", "MAIL_TO", "a@b.c"]),
    haCfgOn(pool, 3, ["set", "MAIL_TO", "d@e.f"]),
  ]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const [entry] = pool.world.host(1).database.entries("pool");
  const stored = entry?.[1]["other_config"] as Record<string, string>;
  expect(stored).toMatchObject({ HA_XE_TIMEOUT: "7", HA_XAPI_COUNT: "8" });
  expect(["a@b.c", "d@e.f"]).toContain(stored["HA_MAIL_TO"] ?? "");
});
