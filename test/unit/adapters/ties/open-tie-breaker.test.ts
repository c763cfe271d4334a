import { expect, test } from "bun:test";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { openTieBreaker } from "../../../../src/adapters/ties/open-tie-breaker.ts";
import { never, PATH } from "../scratch.ts";

const SR = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const shared = { clock: createSystemClock(), environment: { PATH } };
const context = {
  ssh: { ...shared, key: "/no/where/key", hosts: "/no/where/hosts" },
  sr: { ...shared, self: ["/no/where"], mounts: "/no/where" },
};
const open = (TIE_BREAKER: "none" | "ip" | "ssh" | "sr", TIE_BREAKER_PLACE: string) =>
  openTieBreaker({ TIE_BREAKER, TIE_BREAKER_PLACE }, context);

test("openTieBreaker: none and ip are no exclusive vote, whatever the place", () => {
  for (const kind of ["none", "ip"] as const)
    for (const place of ["", SR]) expect(open(kind, place)).toBeNull();
});

test("openTieBreaker: a place of ssh, which is set up first, and one of an SR", async () => {
  const ssh = open("ssh", "ha@[fd00::7]:2222:ties");
  expect(ssh?.setUp).not.toBeNull();
  expect(await ssh?.ties.remove("tie", never())).toBe(
    "ha@[fd00::7]:2222:ties: Cannot use the key /no/where/key: there is no such file or folder; set the tie-breaker on this host",
  );
  const sr = open("sr", SR);
  expect(sr?.setUp).toBeNull();
  expect(await sr?.ties.remove("tie", never())).toStartWith(`SR ${SR}: the child that asks has ended`);
});

test.each([
  ["ssh", "", "user@host:directory"],
  ["ssh", SR, "user@host:directory"],
  ["sr", "", "the uuid of an SR"],
  ["sr", "ha@nas:ties", "the uuid of an SR"],
] as const)(
  "openTieBreaker: TIE_BREAKER=%s with the place %p gives nobody the vote",
  async (kind, place, form) => {
    const opened = open(kind, place);
    const why = `TIE_BREAKER=${kind} needs ${form} as TIE_BREAKER_PLACE`;
    expect(opened?.setUp).toBeNull();
    expect(await opened?.ties.claim("tie", SR, never())).toEqual({ kind: "unknown", why });
    expect(await opened?.ties.holder("tie", never())).toEqual({ kind: "unknown", why });
    expect(await opened?.ties.remove("tie", never())).toBe(why);
    expect(await opened?.ties.test(never())).toBe(why);
  },
);
