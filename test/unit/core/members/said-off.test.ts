import { expect, test } from "bun:test";
import { isSaidOff } from "../../../../src/core/members/said-off.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { host, memoryWith } from "../fixtures.ts";
import { hearing, OWN, peer } from "./hearing.ts";

const copyOf = (changes: number) => ({ master: host(1), changes, currentAtMs: 0, notBeforeMs: 0 });
/** What h3 says of itself, and what this host's own copy has. */
const said = (over: Partial<OwnState>, own: number | null = 5) =>
  isSaidOff(memoryWith({ copy: own === null ? null : copyOf(own) }), {
    hearing: hearing(peer(2), peer(3, { own: { ...OWN, ...over } })),
  });

const rows: readonly [string, boolean, boolean][] = [
  ["another host says that it is off", said({ haWished: false, changes: 5 }), true],
  ["all say that it is on", said({ haWished: true }), false],
  ["one does not know", said({ haWished: null }), false],
  ["one with an older copy says so: it is on again perhaps", said({ haWished: false, changes: 4 }), false],
  ["its copy is newer", said({ haWished: false, changes: 6 }), true],
  ["it does not know how old its copy is", said({ haWished: false, changes: null }), true],
  ["this host does not know how old its own is", said({ haWished: false, changes: 1 }, null), true],
  [
    "one that is heard by others only says nothing",
    isSaidOff(memoryWith(), { hearing: hearing(peer(3, { heard: "silent" })) }),
    false,
  ],
  ["the monitor says nothing", isSaidOff(memoryWith(), { hearing: "unknown" }), false],
];
for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));
