import { expect, test } from "bun:test";
import { host, hosts, mailAddress, mailAddresses, uuids } from "../../../src/config/addresses.ts";
import {
  choice,
  count,
  flag,
  type Kind,
  name,
  names,
  path,
  port,
  seconds,
  text,
} from "../../../src/config/values.ts";

const UUID = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const OTHER = "9a1d2b3c-0000-4c56-9a57-0d5f5c8f4a12";

interface Row {
  readonly kind: Kind<unknown>;
  readonly accepts: readonly (readonly [string, unknown])[];
  readonly refuses: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  flag: {
    kind: flag(),
    accepts: [
      ["0", false],
      ["1", true],
      [" 1 ", true],
    ],
    refuses: ["", "2", "yes", "true", "01", "1;reboot", "()"],
  },
  seconds: {
    kind: seconds(1, 3600),
    accepts: [
      ["1", 1],
      ["3600", 3600],
      ["045", 45],
    ],
    refuses: ["", "0", "3601", "-1", "1.5", "1e3", "0x10", "45s", "99999999999999", "NaN", "1 2"],
  },
  port: { kind: port(), accepts: [["465", 465]], refuses: ["0", "65536"] },
  count: { kind: count(1, 64), accepts: [["64", 64]], refuses: ["65"] },
  "choice of numbers": { kind: choice(1, 2), accepts: [["2", 2]], refuses: ["0", "3", "", "two"] },
  "choice of words": {
    kind: choice("start", "stop", "reset"),
    accepts: [["stop", "stop"]],
    refuses: ["STOP", "off", ""],
  },
  text: {
    kind: text(10),
    accepts: [
      ["", ""],
      [" a ", " a "],
      ["'; rm -rf", "'; rm -rf"],
    ],
    refuses: ["12345678901", "a\nb", "a\u0000b", "a\rb", "\u001b[31m"],
  },
  name: {
    kind: name(/^[A-Z_-]+$/, "capitals", ["POOL", "ILO"]),
    accepts: [
      ["ILO", "ILO"],
      ["ilo", "ILO"],
      ["MINE", "MINE"],
    ],
    refuses: ["", "mine", "../POOL", "A B"],
  },
  names: {
    kind: names(/^[A-Z]+$/, "capitals", ["POOL", "ILO", "WATCHDOG"], {
      POOL: "always succeeds",
      WATCHDOG: "needs no other",
    }),
    accepts: [
      ["POOL", "POOL"],
      ["watchdog", "WATCHDOG"],
      ["ilo, MINE ,watchdog", "ILO,MINE,WATCHDOG"],
      ["ILO,POOL", "ILO,POOL"],
    ],
    refuses: [
      "",
      "ILO,",
      "ILO,ILO",
      "POOL,ILO",
      "WATCHDOG,ILO",
      "POOL,WATCHDOG",
      "WATCHDOG,POOL",
      "constructor",
    ],
  },
  path: {
    kind: path(),
    accepts: [["/etc/ha-lizard/fence", "/etc/ha-lizard/fence"]],
    refuses: ["", "fence", "/etc/../tmp", "/a\nb"],
  },
  host: {
    kind: host("required"),
    accepts: [
      ["10.0.0.1", "10.0.0.1"],
      ["fd00::1", "fd00::1"],
      ["mail.example.org", "mail.example.org"],
    ],
    refuses: ["", "-f", "10.0.0", "10.0.0.256", "a b", "a..b", "fe80::1%eth0", "$(id)", "http://x"],
  },
  "optional host": { kind: host("optional"), accepts: [["", ""]], refuses: ["-f"] },
  "mail address": {
    kind: mailAddress(),
    accepts: [["root@localhost", "root@localhost"]],
    refuses: ["", "root", "a@b@c", "a b@c", "-a@b", "a@-b", "A <a@b>", "a@b,c@d", "a@b\nBcc: c@d"],
  },
  "mail addresses": {
    kind: mailAddresses(),
    accepts: [
      ["a@b", ["a@b"]],
      ["a@b, c@d;e@f", ["a@b", "c@d", "e@f"]],
      ["a@b;", ["a@b"]],
    ],
    refuses: ["", ";", "a@b c@d", "a@b,nobody"],
  },
  uuids: {
    kind: uuids(),
    accepts: [
      ["", []],
      ["()", []],
      ["( )", []],
      [UUID, [UUID]],
      [`${UUID}:${OTHER}`, [UUID, OTHER]],
      [`(${UUID}:${OTHER})`, [UUID, OTHER]],
      [`${UUID}:${UUID}`, [UUID]],
    ],
    refuses: ["web", `${UUID},${OTHER}`, `${UUID}x`, "(", `${UUID}:web`],
  },
  hosts: {
    kind: hosts(),
    accepts: [
      ["", []],
      ["()", []],
      ["10.0.0.1:gateway", ["10.0.0.1", "gateway"]],
      ["(10.0.0.1:10.0.0.2)", ["10.0.0.1", "10.0.0.2"]],
      ["[fd00::1]:10.0.0.1:[::1]", ["fd00::1", "10.0.0.1", "::1"]],
    ],
    refuses: [
      "fd00::1",
      "2001:db8:0:0:0:0:0:1",
      "10.0.0.1::10.0.0.2",
      "[gateway]",
      "[::1",
      "10.0.0.1:-f",
      "a,b",
    ],
  },
};

for (const [label, row] of Object.entries(rows)) {
  test(`${label}: reads what is allowed and refuses the rest, saying what is allowed`, () => {
    for (const [text, value] of row.accepts)
      expect([text, row.kind.parse(text)]).toEqual([text, { ok: true, value }]);
    for (const text of row.refuses) {
      const parsed = row.kind.parse(text);
      expect([text, parsed.ok]).toEqual([text, false]);
      if (!parsed.ok) expect(parsed.why).toContain(`allowed: ${row.kind.allowed}`);
    }
  });

  test(`${label}: what is read is rendered to a text that reads the same`, () => {
    for (const [, value] of row.accepts) {
      expect(row.kind.parse(row.kind.render(value))).toEqual({ ok: true, value });
    }
  });
}

test("render: the texts that HA-Lizard 2.x stores", () => {
  expect(flag().render(true)).toBe("1");
  expect(uuids().render([])).toBe("()");
  expect(uuids().render([UUID, OTHER])).toBe(`${UUID}:${OTHER}`);
  expect(hosts().render(["10.0.0.1", "fd00::1"])).toBe("10.0.0.1:[fd00::1]");
});
