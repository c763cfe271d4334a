import { afterAll, beforeAll, expect, test } from "bun:test";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "./stage.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
const folder = new ScratchFolder("ha-cfg");
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(folder, { hosts: 2, vms: [{ name: "web" }] });
});
afterAll(() => stage.stop());

/** A third one, whose tool adds keys of its own meanwhile: to the pool, and to the VM. */
function addForeignKey(nth: number): void {
  const { database } = stage.server.world.host(1);
  for (const table of ["pool", "VM"] as const)
    for (const [ref, fields] of database.entries(table))
      database.update(table, ref, {
        other_config: { ...(fields["other_config"] as object), [`theirs-${nth}`]: "kept" },
      });
}

test("set, insert and set-vm-ha at once, on two hosts: every key of everybody is there", async () => {
  const rounds = 6;
  for (let round = 0; round < rounds; round++) {
    const runs = [
      stage.run(1, ["insert"]),
      stage.run(2, ["insert"]),
      stage.run(1, ["set", "XE_TIMEOUT", String(10 + round)]),
      stage.run(2, ["set", "XAPI_COUNT", String(20 + round)]),
      stage.run(1, ["set-vm-ha", "web", round % 2 === 0 ? "true" : "false"]),
    ];
    const foreign = setInterval(() => addForeignKey(round), 3);
    const ended = await Promise.all(runs);
    clearInterval(foreign);
    addForeignKey(round);
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(stage.poolKeys()).toMatchObject({
      HA_XE_TIMEOUT: String(10 + round),
      HA_XAPI_COUNT: String(20 + round),
      HA_FENCE_METHOD: "POOL",
    });
    const web = stage.otherConfigs("VM").find((keys) => FLAG in keys);
    expect(web?.[FLAG]).toBe(String(round % 2 === 0));
    for (let nth = 0; nth <= round; nth++)
      for (const keys of [stage.poolKeys(), web]) expect(keys?.[`theirs-${nth}`]).toBe("kept");
  }
}, 60_000);

test("the same key at once: one of the two values, whole", async () => {
  const values = ["a@example.org", "b@example.org"];
  const runs = await Promise.all(values.map((value, at) => stage.run(at + 1, ["set", "MAIL_TO", value])));
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(values).toContain(stage.poolKeys()["HA_MAIL_TO"] ?? "");
});
