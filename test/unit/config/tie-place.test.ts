import { describe, expect, test } from "bun:test";
import { parseTiePlace, tiePlace } from "../../../src/config/tie-place.ts";

const SR = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const ssh = (address: string, directory: string, port = 22, user = "ha") => ({
  kind: "ssh",
  ...{ user, address, port, directory },
});

describe("parseTiePlace", () => {
  test.each([
    ["a folder", "ha@nas:/srv/ha-lizard", ssh("nas", "/srv/ha-lizard")],
    [
      "a folder below the home",
      "ha@nas.example.org:ha-lizard/ties",
      ssh("nas.example.org", "ha-lizard/ties"),
    ],
    ["a port", "ha@192.0.2.7:2222:/srv/x", ssh("192.0.2.7", "/srv/x", 2_222)],
    ["IPv6", "ha@[fd00::7]:/srv/x", ssh("fd00::7", "/srv/x")],
    ["IPv6 and a port", "ha@[fd00::7]:2222:x", ssh("fd00::7", "x", 2_222)],
    ["a hidden folder", "ha@nas:.ha-lizard", ssh("nas", ".ha-lizard")],
    ["a slash at the end", "ha@nas:/srv/x/", ssh("nas", "/srv/x")],
    ["other users", "_h.a-2@nas:x", ssh("nas", "x", 22, "_h.a-2")],
    ["an SR", SR, { kind: "sr", sr: SR }],
  ])("%s", (_, text, place) => expect<unknown>(parseTiePlace(text)).toEqual(place));

  test.each([
    "",
    "nas:/srv/x",
    "@nas:/srv/x",
    "ha@nas",
    "ha@nas:",
    "ha@nas:/",
    "ha@nas:2222",
    "ha@nas:2222:",
    "ha@nas:0:x",
    "ha@nas:65536:x",
    "ha@nas:/srv/../x",
    "ha@nas:..",
    "ha@nas:.",
    "ha@nas:...",
    "ha@nas://x",
    "ha@nas:/srv//x",
    "ha@nas:-x",
    "ha@nas:/srv/-x",
    "ha@nas:~/x",
    "ha@nas:/srv/a b",
    "ha@nas:/srv/a'b",
    "ha@nas:/srv/$HOME",
    "ha@nas:/srv/x\n",
    "ha@nas:/srv/x;id",
    "ha@-oProxyCommand=id:/srv/x",
    "-oProxyCommand=id@nas:/srv/x",
    "ha@[nas]:/srv/x",
    "ha@[192.0.2.7]:/srv/x",
    "ha@[fd00::7%eth0]:/srv/x",
    "ha@fd00::7:/srv/x",
    "ha@nas:22:33:/srv/x",
    `ha@nas:/${"x".repeat(200)}`,
    SR.toUpperCase(),
    `${SR}/x`,
  ])("refuses %p", (text) => expect(parseTiePlace(text)).toBeNull());
});

describe("tiePlace", () => {
  const kind = tiePlace();

  test("takes both forms and nothing, as they are written", () => {
    for (const text of ["", SR, "ha@nas:/srv/x", "ha@[fd00::7]:22:x"]) {
      expect(kind.parse(` ${text} `)).toEqual({ ok: true, value: text });
      expect(kind.render(text)).toBe(text);
    }
  });

  test("refuses the rest with what is allowed, and names brackets where they are missing", () => {
    const wrong = (text: string) => {
      const parsed = kind.parse(text);
      return parsed.ok ? "" : parsed.why;
    };
    expect(wrong("nas")).toBe(`allowed: ${kind.allowed}`);
    expect(wrong("ha@fd00::7:/srv/x")).toBe(`an IPv6 address needs [ ]; allowed: ${kind.allowed}`);
    expect(wrong("ha@fd00::7:22:/srv/x")).toBe(`an IPv6 address needs [ ]; allowed: ${kind.allowed}`);
  });
});
