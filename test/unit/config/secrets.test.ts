import { expect, test } from "bun:test";
import { ROWS } from "../../../src/config/params.ts";
import { createSecrets, maskSecrets } from "../../../src/config/secrets.ts";
import { cpuMs } from "../cpu-time.ts";

const SECRET = 's3cr"t&<pä>ss\\word';
const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");

test.each([
  ["as it is", `535 ${SECRET} is wrong`, "535 ******** is wrong"],
  ["twice", `${SECRET}${SECRET}`, "****************"],
  ["as JSON", JSON.stringify({ pass: SECRET }), '{"pass":"********"}'],
  ["in an address", `https://u:${encodeURIComponent(SECRET)}@bmc/`, "https://u:********@bmc/"],
  ["AUTH LOGIN", `334 ${base64(SECRET)}`, "334 ********"],
  ["AUTH PLAIN", `AUTH PLAIN ${base64(`\0user\0${SECRET}`)}`, "AUTH PLAIN ********"],
  ["AUTH PLAIN with an identity", `535 ${base64(`me\0user\0${SECRET}`)}.`, "535 ********."],
  ["base64 behind something else", `x${base64(SECRET)}`, "********"],
  ["base64 for URLs", Buffer.from(`\0u\0${SECRET}`).toString("base64url"), "********"],
  ["as HTML", "535 s3cr&quot;t&amp;&lt;pä&gt;ss\\word", "535 ********"],
])("maskSecrets: %s", (_, text, masked) => {
  expect(maskSecrets(text, [SECRET])).toBe(masked);
});

test("maskSecrets: in base64 at every place among other bytes", () => {
  for (let before = 0; before < 7; before++)
    for (let after = 0; after < 7; after++) {
      const text = `say ${base64("x".repeat(before) + SECRET + "y".repeat(after))} now`;
      expect(maskSecrets(text, [SECRET])).toBe("say ******** now");
    }
});

test("maskSecrets: several, an empty one is none", () => {
  expect(maskSecrets("one two three", ["", "three", "one "])).toBe("********two ********");
  expect(maskSecrets("one", [])).toBe("one");
  expect(maskSecrets("password1", ["pass", "password1"])).toBe("********");
});

test("maskSecrets: a short one is hidden where it stands alone, and does not eat the words around it", () => {
  expect(maskSecrets("a host has a name", ["a"])).toBe("******** host has ******** name");
  expect(maskSecrets("pin 123, not 51234", ["123"])).toBe("pin ********, not 51234");
  expect(maskSecrets("mail.example.org (.*)", [".*"])).toBe("mail.example.org (********)");
});

test("maskSecrets: ordinary words are no base64 of a secret", () => {
  const text = "Cannot read the pool database: connection refused by /var/lib/xcp/xapi after 5000 ms";
  expect(maskSecrets(text, ["abc", "topsecret", "pass"])).toBe(text);
});

test("maskSecrets: a megabyte is quick", () => {
  const began = cpuMs();
  maskSecrets("abcd efgh+/ ".repeat(80_000), [SECRET, "another one", "123"]);
  expect(cpuMs() - began).toBeLessThan(2_000);
});

test("createSecrets: every password of the table is learnt, by each name under which it is kept; names of users are none", () => {
  const secret = [...ROWS].filter(([, row]) => row.secret).map(([name]) => name);
  expect(secret).toContain("SMTP_USER");
  for (const name of secret.filter((one) => one !== "SMTP_USER"))
    for (const key of [name, `HA_${name}`, `OVERRIDE_${name}`]) {
      const secrets = createSecrets();
      secrets.learn({ [key]: "topsecret", SMTP_USER: "somebody", MAIL_TO: "a@b.c" });
      expect(secrets.mask("somebody says topsecret to a@b.c")).toBe("somebody says ******** to a@b.c");
    }
});

test("createSecrets: earlier passwords stay hidden, the oldest of very many do not", () => {
  const secrets = createSecrets();
  for (let change = 0; change < 25; change++) secrets.learn({ SMTP_PASS: `password-${change}-` });
  secrets.learn({ SMTP_PASS: "" });
  expect(secrets.mask("password-24- password-5- password-4-")).toBe("******** ******** password-4-");
});
