import { expect, test } from "bun:test";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { never } from "./fixtures.ts";
import { poolWithPlugin as pool } from "./pool-with-plugin.ts";

const H2 = hostUuid("h2");
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ha-lizard-tie-breaker";

test("each question is a function of the plugin, with what it is about", async () => {
  const { xapi, asked } = pool('{"why":null}');
  await xapi.tieKey(H2, never());
  expect(await xapi.prepareTie(H2, "ha@nas:claims", never())).toEqual({ ok: true, value: null });
  expect(await xapi.testTie(H2, "sr", "uuid", never())).toEqual({ ok: true, value: null });
  expect(asked).toEqual([
    ["OpaqueRef:h2", "ha-lizard-plugin", "tie_key", {}],
    ["OpaqueRef:h2", "ha-lizard-plugin", "tie_prepare", { place: "ha@nas:claims" }],
    ["OpaqueRef:h2", "ha-lizard-plugin", "tie_test", { kind: "sr", place: "uuid" }],
  ]);
});

const key = (said: string) => pool(said).xapi.tieKey(H2, never());

test("tieKey: a key, or why there is none, in one line", async () => {
  expect(await key(JSON.stringify({ key: KEY }))).toEqual({ ok: true, value: { key: KEY } });
  expect(await key('{"why":"no ssh-keygen\\nat all"}')).toEqual({
    ok: true,
    value: { why: "no ssh-keygen at all" },
  });
});

test("what no plugin of this version says is a fault: no line of it gets into anybody's authorized_keys", async () => {
  for (const said of [
    "",
    "[]",
    '{"key":"ssh-rsa AAAA x"}',
    JSON.stringify({ key: `${KEY}\nssh-ed25519 B c` }),
  ])
    expect(await key(said)).toMatchObject({ ok: false, fault: { kind: "malformed" } });
  expect(await pool("{}").xapi.testTie(H2, "ssh", "p", never())).toMatchObject({ ok: false });
});
