import { expect, test } from "bun:test";
import { readPluginArguments } from "../../../../src/adapters/xapi/plugin-protocol.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { never } from "./fixtures.ts";
import { poolWithPlugin as pool } from "./pool-with-plugin.ts";

const H2 = hostUuid("h2");
const LIST = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f:[2001:db8::7] # <ours> & theirs\n";

test("readFenceList: the file of that host, none, or why it is not used", async () => {
  const { xapi, asked } = pool(JSON.stringify({ path: "/f", text: LIST }));
  expect(await xapi.readFenceList(H2, "IPMI", never())).toEqual({
    ok: true,
    value: { ok: true, path: "/f", text: LIST },
  });
  expect(asked).toEqual([["OpaqueRef:h2", "ha-lizard-plugin", "fence_list_read", { method: "IPMI" }]]);
  const of = (said: object) => pool(JSON.stringify(said)).xapi.readFenceList(H2, "IPMI", never());
  expect(await of({ path: "/f", text: null })).toMatchObject({ value: { ok: true, text: null } });
  expect(await of({ why: "others may\nwrite it" })).toEqual({
    ok: true,
    value: { ok: false, why: "others may write it" },
  });
});

test("writeFenceList: as base64 with what was seen; the plugin reads the same again", async () => {
  const { xapi, asked } = pool('{"why":null}');
  const write = { method: "IPMI", text: LIST, seen: null, force: false };
  expect(await xapi.writeFenceList(H2, write, never())).toEqual({ ok: true, value: null });
  const given = asked[0]?.[3] as Record<string, string>;
  expect(given).toMatchObject({ method: "IPMI", seen: "none", force: "0" });
  const members = Object.entries(given).map(
    ([name, text]) => `<member><name>${name}</name><value>${text}</value></member>`,
  );
  const read = readPluginArguments(`<struct>${members.join("")}</struct>`);
  expect(Buffer.from(read["list"] ?? "", "base64").toString()).toBe(LIST);
  await xapi.writeFenceList(H2, { ...write, seen: LIST, force: true }, never());
  expect(asked[1]?.[3]).toMatchObject({ seen: expect.stringMatching(/^[0-9a-f]{64}$/), force: "1" });
});

test("a list of 64 hosts with a comment each comes through", () => {
  const list = Buffer.from("x".repeat(20_000)).toString("base64");
  const xml = `<struct><member><name>list</name><value>${list}</value></member></struct>`;
  expect(readPluginArguments(xml)["list"]).toBe(list);
});

test("what no plugin of this version says is a fault", async () => {
  for (const said of ["", "[]", '{"text":"x"}', '{"why":null}'])
    expect(await pool(said).xapi.readFenceList(H2, "IPMI", never())).toMatchObject({ ok: false });
  expect(
    await pool("{}").xapi.writeFenceList(H2, { method: "IPMI", text: "", seen: null, force: false }, never()),
  ).toMatchObject({ ok: false, fault: { kind: "malformed" } });
});
