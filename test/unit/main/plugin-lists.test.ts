import { describe, expect, test } from "bun:test";
import { listDigest } from "../../../src/adapters/xapi/plugin-protocol.ts";
import { createFenceLists } from "../../../src/fence-agents/fence-lists.ts";
import { listAnswer } from "../../../src/modes/plugin-lists.ts";
import { useScratch } from "../adapters/scratch.ts";

const scratch = useScratch("plugin-lists");
const A = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
const OLD = `${A}:192.0.2.7\n`;
const NEW = `${A}:192.0.2.8 # Zürich\n`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

let count = 0;
function host() {
  const path = scratch.file(`host${++count}/IPMI/IPMI.hosts`, OLD, 0o600);
  const standard = scratch.path(`host${count}`);
  const lists = createFenceLists({ standard, agents: async () => standard });
  const logged: string[] = [];
  const logger = { log: (_severity: string, _from: string, text: string) => void logged.push(text) };
  const ask = (called: string, given: Readonly<Record<string, string>>) =>
    listAnswer(called, given, lists, logger);
  const now = async () => {
    const read = await lists.read("IPMI");
    return read.ok ? read.text : read.why;
  };
  return { path, ask, logged, now };
}

test("fence_list_read: the file, or why it is not used", async () => {
  const { ask, path } = host();
  expect(await ask("fence_list_read", { method: "IPMI" })).toEqual({ path, text: OLD });
  expect(await ask("fence_list_read", { method: "ILO" })).toMatchObject({ text: null });
  expect(await ask("fence_list_read", {})).toEqual({ why: expect.stringContaining("no list") });
  expect(await ask("fence_list_other", { method: "IPMI" })).toBeNull();
});

describe("fence_list_write", () => {
  const given = { method: "IPMI", list: base64(NEW), seen: listDigest(OLD), force: "0" };

  test("what was seen is replaced, and the log of that host says so", async () => {
    const { ask, now, logged, path } = host();
    expect(await ask("fence_list_write", given)).toEqual({ why: null });
    expect(await now()).toBe(NEW);
    expect(logged).toEqual([`Asked through XAPI: ${path} replaced.`]);
  });

  const refused: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ["edited by hand since", { ...given, seen: listDigest(NEW) }, "it was changed since it was read"],
    ["written meanwhile, where there was none", { ...given, seen: "none" }, "changed since it was read"],
    ["nothing about what was seen", { method: "IPMI", list: base64(NEW) }, "changed since it was read"],
    ["not whole base64", { ...given, list: base64(NEW).slice(0, -1) }, "came damaged"],
    ["not UTF-8", { ...given, list: Buffer.from([0x23, 0xff]).toString("base64") }, "came damaged"],
    ["no list at all", { method: "IPMI", seen: listDigest(OLD), force: "0" }, "names no host"],
    ["a list that no agent could use", { ...given, list: base64("x") }, "line 1: it is not <host uuid>"],
    ["another method's name", { ...given, method: "POOL" }, "POOL has no list"],
  ];
  test.each(refused)("%s: refused, and nothing is changed", async (_, asked, why) => {
    const { ask, now } = host();
    expect(await ask("fence_list_write", asked)).toEqual({ why: expect.stringContaining(why) });
    expect(await now()).toBe(OLD);
  });

  test("by force: over what somebody has changed", async () => {
    const { ask, now } = host();
    expect(await ask("fence_list_write", { ...given, seen: "none", force: "1" })).toEqual({ why: null });
    expect(await now()).toBe(NEW);
  });
});
