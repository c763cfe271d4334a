import { describe, expect, test } from "bun:test";
import { ownMatter } from "../../../../src/core/group/own-matter.ts";
import type { HeardPeer, OwnState } from "../../../../src/core/model/hearing.ts";
import { host } from "../fixtures.ts";
import { OWN, peer } from "../members/hearing.ts";
import { isLedBy, leads, NOBODY_LEADS, officeOf, type SightOver } from "../sight.ts";

const HOSTS = [1, 2, 3].map(host);
const MASTER: OwnState = { ...OWN, role: "master", master: host(2), office: officeOf(host(2)) };
const HELD: OwnState = { ...OWN, xapi: "held" };
const said = (number: number, own: OwnState | null) => peer(number, { own });
const ofH3: OwnState = { ...OWN, master: host(3) };
const H3_IS_MASTER = [said(1, OWN), said(3, { ...MASTER, master: host(3) })];

/** What h2 has to see to. */
function matter(
  own: OwnState,
  { named = 1, peers = [said(1, { ...MASTER, master: host(1) }), said(3, OWN)], ...group }: Case = {},
): string | null {
  const roll = group.roll === null ? null : { master: host(named), ...group.roll };
  return ownMatter(host(2), own, leads(host(2), HOSTS, { ...isLedBy(host(1)), ...group, roll }), peers);
}
type Case = SightOver & { readonly named?: number; readonly peers?: readonly HeardPeer[] };

describe("ownMatter: a xapi that does not follow the named master", () => {
  const rows: readonly [string, string | null, string | null][] = [
    ["it follows that one", matter(OWN), null],
    ["that one says that it is master", matter(OWN, { named: 3, peers: H3_IS_MASTER }), "follow h3"],
    ["that one is none yet", matter(OWN, { named: 3 }), null],
    ["that one is not heard", matter(OWN, { named: 3, peers: [said(1, OWN), said(3, null)] }), null],
    ["it is master itself: at once, heard or not", matter(MASTER), "follow h1"],
    ["it is master itself, and that one is not heard", matter(MASTER, { peers: [] }), "follow h1"],
    ["it follows nobody", matter({ ...OWN, master: null }), "follow h1"],
    ["a held one, too", matter(HELD, { named: 3, peers: H3_IS_MASTER }), "follow h3"],
    ["nobody leads", matter(MASTER, NOBODY_LEADS), null],
    ["others say that they hear a leader", matter(MASTER, { lead: "told" }), null],
    ["the roll is not settled", matter(MASTER, { roll: { settled: false } }), null],
    ["it is in no group", matter(MASTER, { roll: null }), null],
    ["HA is off", matter(MASTER, { roll: { ha: false } }), null],
  ];
  for (const [title, found, expected] of rows)
    test(`${title}: ${expected ?? "nothing"}`, () => expect(found).toBe(expected));
});

describe("ownMatter: a xapi that is held", () => {
  const rows: readonly [string, string | null, string | null][] = [
    ["its master has said nothing", matter(HELD), null],
    ["its master agrees", matter(HELD, { agreedAtMs: 7_000 }), "agreed at 7000"],
    ["with a later list: another matter", matter(HELD, { agreedAtMs: 8_000 }), "agreed at 8000"],
    ["HA is off", matter(HELD, { roll: { ha: false } }), "HA is off"],
    ["it is not held: whatever was said of it is over", matter(OWN, { agreedAtMs: 7_000 }), null],
    ["this host is named", matter(HELD, { named: 2 }), "this host is named"],
  ];
  for (const [title, found, expected] of rows)
    test(`${title}: ${expected ?? "nothing"}`, () => expect(found).toBe(expected));
});

describe("ownMatter: the host that is named", () => {
  const two = [said(1, { ...ofH3, xapi: "held" }), said(3, HELD)];
  const rows: readonly [string, string | null, string | null][] = [
    ["it is a slave still", matter(OWN, { named: 2 }), "this host is named"],
    ["it is master", matter(MASTER, { named: 2 }), null],
    ["it is master, and leads", matter(MASTER, { named: 2, lead: "leads" }), null],
    ["its database has no office", matter({ ...MASTER, office: null }, { named: 2 }), "office 1.h2.1"],
    [
      "its database has another one's",
      matter({ ...MASTER, office: "1.h1.1" }, { named: 2 }),
      "office 1.h2.1",
    ],
    ["a xapi is held", matter(MASTER, { named: 2, peers: [said(1, OWN), said(3, HELD)] }), "held: h3"],
    ["two are", matter(MASTER, { named: 2, peers: two }), "held: h1 h3"],
    ["who says nothing is not held", matter(MASTER, { named: 2, peers: [said(3, null)] }), null],
  ];
  for (const [title, found, expected] of rows)
    test(`${title}: ${expected ?? "nothing"}`, () => expect(found).toBe(expected));
});
