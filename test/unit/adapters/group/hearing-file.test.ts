import { describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import {
  createHearingBoard,
  createHearingReader,
  parseHearing,
} from "../../../../src/adapters/group/hearing-file.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import { NO_GROUP } from "../../core/group/group.ts";
import { ScratchFolder } from "../scratch.ts";
import { hostOf, OWN } from "./messages.ts";

const folder = new ScratchFolder("hearing");

const HEARING: Hearing = {
  self: hostOf(1),
  bootId: "b",
  atMs: 5_000,
  peers: [
    {
      host: hostOf(2),
      heard: "direct",
      sinceMs: 1_000,
      ageMs: 20,
      by: null,
      ways: [{ address: "10.0.0.2", ageMs: 20, sinceMs: 1_000 }],
      own: OWN,
      hears: [{ host: hostOf(1), ageMs: 100 }],
    },
  ],
  group: NO_GROUP,
  refused: { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 },
  trouble: null,
};

describe("hearing file", () => {
  test("what is published is read; the file and its folder are of this user alone", async () => {
    const run = folder.at("run");
    const path = folder.at("run", "hearing.json");
    const board = createHearingBoard(path, run);
    await board.publish({ ...HEARING, atMs: 1 });
    await board.publish(HEARING);
    expect(await createHearingReader(path).read()).toEqual(HEARING);
    expect([statSync(run).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readdirSync(run)).toEqual(["hearing.json"]);
  });

  test("none, one that others may write, and no JSON are nothing", async () => {
    expect(await createHearingReader(folder.at("none.json")).read()).toBeNull();
    const open = folder.write("open.json", JSON.stringify(HEARING), 0o666);
    expect(await createHearingReader(open).read()).toBeNull();
    const torn = folder.write("torn.json", JSON.stringify(HEARING).slice(0, -9), 0o600);
    expect(await createHearingReader(torn).read()).toBeNull();
  });
});

describe("parseHearing", () => {
  const [peer] = HEARING.peers;
  const rows: readonly [string, unknown][] = [
    ["null", null],
    ["a list", []],
    ["no time", { ...HEARING, atMs: "5" }],
    ["a peer that is heard in another way", { ...HEARING, peers: [{ ...peer, heard: "perhaps" }] }],
    ["a peer without a name", { ...HEARING, peers: [{ ...peer, host: 1 }] }],
    ["a peer that says nothing of its xapi", { ...HEARING, peers: [{ ...peer, own: {} }] }],
  ];
  for (const [title, value] of rows)
    test(`${title}: nothing`, () => expect(parseHearing(JSON.stringify(value))).toBeNull());
  test("what was written: itself", () => expect(parseHearing(JSON.stringify(HEARING))).toEqual(HEARING));
});
