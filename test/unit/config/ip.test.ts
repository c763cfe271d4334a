import { expect, test } from "bun:test";
import { isIP as nodeIsIP } from "node:net";
import { isIP } from "../../../src/config/ip.ts";

const TEXTS = [
  ...[
    "10.0.0.1",
    "255.255.255.255",
    "0.0.0.0",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.04",
    "1..2.3",
  ],
  ...["::1", "fe80::1%eth0", "2001:db8::7", "::ffff:10.0.0.1", ":::", "1:2:3", "a:b", "10.0.0.1:80", "[::1]"],
  ...["", " ", " 10.0.0.1", "10.0.0.1\n", "host", "host.example.org", "1.2.3.4x", "١.2.3.4", "-1.2.3.4"],
];

test.each(TEXTS)("isIP: %p is what node:net says", (text) => {
  expect(isIP(text)).toBe(nodeIsIP(text));
});
