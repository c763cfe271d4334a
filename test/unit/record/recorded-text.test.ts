import { describe, expect, test } from "bun:test";
import { parseRecorded, renderRecorded } from "../../../src/record/recorded-text.ts";
import { readBack, SECRET, toldFailover } from "./told-failover.ts";

/** The first round of the master in which a VM is being started, as text. */
async function startText(): Promise<string> {
  const found = (await toldFailover()).find(({ text }) => text.includes('"kind":"start-vm"'));
  return found?.text ?? "";
}

describe("renderRecorded", () => {
  test("what was read back is written as the same text", async () => {
    const before = new Map<number, Parameters<typeof renderRecorded>[1]>();
    let rounds = 0;
    for (const { host, text } of await toldFailover()) {
      const recorded = readBack(text);
      expect(renderRecorded(recorded, before.get(host) ?? null)).toBe(text);
      if (recorded.kind === "round") {
        before.set(host, recorded.view);
        rounds += 1;
      }
    }
    expect(rounds).toBeGreaterThan(20);
  });

  test("no password is in it, nor what one could be guessed by", async () => {
    const texts = await toldFailover();
    expect(texts.filter(({ text }) => text.includes(SECRET))).toEqual([]);
    expect(await startText()).toContain('"HA_FENCE_PASSWD":"********"');
  });

  test("maps and sets come back", async () => {
    const round = readBack(await startText());
    if (round.kind !== "round") throw new Error("it is a round");
    expect(round.view.runs).toBeInstanceOf(Map);
    expect(round.view.inventory?.hosts.values().next().value?.storages).toBeInstanceOf(Set);
  });
});

describe("parseRecorded: a record that somebody hands over", () => {
  const changed = async (path: readonly string[], value: unknown) => {
    const round = JSON.parse(await startText()) as Record<string, unknown>;
    const within = path.slice(0, -1).reduce((part, key) => part[key] as Record<string, unknown>, round);
    within[path.at(-1) ?? ""] = value;
    const parsed = parseRecorded(JSON.stringify(round));
    return parsed.ok ? "read" : parsed.why;
  };

  /** An object within a round, and another value of one of its fields; undefined: it is gone. */
  type Wrong = readonly [string, readonly string[], unknown, string];
  const wrong: readonly Wrong[] = [
    ["a view without probes", ["view", "probes"], undefined, "view"],
    ["a host that is a number", ["view", "self", "uuid"], 7, "view"],
    ["a memory of nothing", ["memory"], {}, "memory"],
    ["settings without one", ["settings", "XAPI_COUNT"], undefined, "settings"],
    ["actions that are texts", ["decided", "actions"], ["x"], "decided"],
  ];
  for (const [what, path, value, part] of wrong)
    test(`${what} is named`, async () =>
      expect(await changed(path, value)).toBe(`its part "${part}" is not as this version has it`));

  test("a memory of an earlier version is completed", async () => {
    expect(await changed(["memory", "agreed"], undefined)).toBe("read");
  });

  for (const text of ["", "{", "null", "[]", '"x"', "7", '{"kind":"end"}'])
    test(`${JSON.stringify(text)} is no record`, () => expect(parseRecorded(text).ok).toBe(false));
});
