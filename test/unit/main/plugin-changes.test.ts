import { describe, expect, test } from "bun:test";
import type { Ran } from "../../../src/modes/plugin-answers.ts";
import { changeAnswer } from "../../../src/modes/plugin-changes.ts";

const callOf = (called: string, members: string): string =>
  `<?xml version="1.0"?><methodCall><methodName>${called}</methodName><params><param><value>OpaqueRef:s</value></param><param><value><struct>${members}</struct></value></param></params></methodCall>`;
const member = (name: string, text: string): string =>
  `<member><name>${name}</name><value>${text}</value></member>`;

const valued = (value: string, source = "pool"): Ran => ({
  ...{ code: 0, err: "", out: JSON.stringify([{ name: "PLUGIN_WRITE", value, source }]) },
});
const DONE: Ran = { code: 0, out: "HA is disarmed for h2 for 90 min.\n", err: "" };

/** What it answers, and the lines that ha-cfg was given besides the look at PLUGIN_WRITE. */
async function answer(called: string, members: string, allowed = valued("1"), ran = DONE) {
  const lines: string[] = [];
  const end = await changeAnswer(called, callOf(called, members), async (line) => {
    if (line[0] === "get") return allowed;
    lines.push(line.join(" "));
    return ran;
  });
  return { ...end, lines };
}

describe("disarm and arm through XAPI", () => {
  test("while PLUGIN_WRITE=1: as ha-cfg does it", async () => {
    expect(await answer("disarm", member("for", "90min") + member("host", "h2"))).toEqual({
      ...{ ok: true, text: "HA is disarmed for h2 for 90 min." },
      lines: ["disarm --for=90min --host=h2"],
    });
    expect((await answer("arm", "")).lines).toEqual(["arm"]);
    expect((await answer("arm", member("host", "--for=2h"))).lines).toEqual(["arm --host=--for=2h"]);
  });

  test("what ha-cfg refuses is a failure, in its words", async () => {
    const refused = { code: 1, out: "", err: "Cannot disarm HA: it is not on for pool lab.\n" };
    expect(await answer("disarm", "", valued("1"), refused)).toMatchObject({
      ...{ ok: false, text: "Cannot disarm HA: it is not on for pool lab." },
    });
  });

  const closed: readonly [string, Ran, string][] = [
    [
      "PLUGIN_WRITE is not set",
      valued("0", "default"),
      "an administrator has to allow it, on any host of the pool: ha-cfg set PLUGIN_WRITE 1. Until then: ha-cfg disarm",
    ],
    ["what it was before XAPI fell silent", valued("1", "last-good"), "an administrator has to allow it"],
    [
      "it cannot be read",
      { code: 1, out: "", err: "Cannot read the pool database: no answer in time.\n" },
      "Cannot read the pool database: no answer in time.",
    ],
  ];
  for (const [what, allowed, why] of closed)
    test(`refused: ${what}`, async () => {
      const { ok, text, lines } = await answer("disarm", "", allowed);
      expect([ok, lines]).toEqual([false, []]);
      expect(text).toContain(`Cannot disarm HA through XAPI: ${why}`);
    });

  const odd: readonly [string, string, string][] = [
    ["a name that is misspelt", member("hots", "h2"), "hots: no such argument; there are for and host"],
    ["a value that cannot be read", member("host", "a&amp;b"), "an argument cannot be read"],
    ["the same name twice", member("host", "h1") + member("host", "h2"), "an argument cannot be read"],
    ["an empty value", member("host", ""), "host is empty"],
    ["a call that is too long", member("host", "h".repeat(50_000)), "an argument cannot be read"],
  ];
  for (const [what, members, why] of odd)
    test(`refused, for the whole pool would be disarmed instead of a host: ${what}`, async () => {
      expect(await answer("disarm", members)).toEqual({
        ...{ ok: false, text: `Cannot disarm HA through XAPI: ${why}`, lines: [] },
      });
    });
});
