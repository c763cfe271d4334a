import { expect, test } from "bun:test";
import { lastFlag } from "../../../../src/core/members/flag-dispute.ts";
import { goodView, host } from "../fixtures.ts";
import { leads } from "../sight.ts";
import { hearing, OWN, peer } from "./hearing.ts";

/** What this host has read, what h2 and h3 say of it (null: they do not know), and the group. */
function flag(haFlag: "on" | "off" | "unset", words: readonly (boolean | null)[], ha = true) {
  const peers = words.map((haWished, index) => peer(index + 2, { own: { ...OWN, haWished } }));
  const heard = hearing(...peers);
  const { roll } = heard.group;
  const group = { ...heard.group, roll: roll && { ...roll, ha } };
  return lastFlag(goodView({ haFlag }), { hearing: { ...heard, group } });
}

const roll = (ha: boolean) => leads(host(1), [host(1)], { roll: { ha } });
const knows = (haFlag: "on" | "off", ha: boolean) =>
  lastFlag(goodView({ haFlag }), { hearing: { ...hearing(), group: roll(ha) } });

const rows: readonly [string, string, string][] = [
  ["all have read that it is on", flag("on", [true, true]), "on"],
  ["the others do not know", flag("on", [null, null]), "on"],
  ["one has read that it is off", flag("on", [true, false]), "disputed"],
  ["this host has read that it is off, and one that it is on", flag("off", [true, null], false), "disputed"],
  [
    "this host has read that it is off, and the group knew it to be on",
    flag("off", [null, null]),
    "disputed",
  ],
  ["all have read that it is off, and the group knows it", flag("off", [false, false], false), "off"],
  ["it was neither on nor off", flag("unset", [null, null], false), "off"],
  [
    "this host has read that it is on, and the group knew it to be off",
    flag("on", [null, null], false),
    "disputed",
  ],
  ["the roll alone says otherwise: off", knows("on", false), "disputed"],
  ["the roll alone says otherwise: on", knows("off", true), "disputed"],
  ["the roll says the same: on", knows("on", true), "on"],
  ["the roll says the same: off", knows("off", false), "off"],
  ["nobody is heard", flag("on", []), "on"],
  [
    "who is not heard says nothing",
    lastFlag(goodView({ haFlag: "on" }), { hearing: hearing(peer(2, { heard: "silent" })) }),
    "on",
  ],
  ["the monitor says nothing: on", lastFlag(goodView({ haFlag: "on" }), { hearing: "unknown" }), "on"],
  ["the monitor says nothing: off", lastFlag(goodView({ haFlag: "off" }), { hearing: "unknown" }), "off"],
];
for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));
