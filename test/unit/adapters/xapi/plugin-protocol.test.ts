import { describe, expect, test } from "bun:test";
import {
  readPluginArguments,
  readPluginCall,
  renderPluginAnswer,
} from "../../../../src/adapters/xapi/plugin-protocol.ts";

describe("readPluginCall", () => {
  const call = (name: string) =>
    `<?xml version="1.0"?><methodCall><methodName>${name}</methodName><params><param><value>OpaqueRef:s</value></param></params></methodCall>`;
  const rows: readonly [string, string, string | null][] = [
    ["a call", call("domains"), "domains"],
    ["with space around the name", call("\n domains "), "domains"],
    ["a name that is none", call("<b>"), null],
    ["nothing", "", null],
    ["a name far behind", `${" ".repeat(50_000)}${call("domains")}`, null],
  ];
  for (const [title, xml, name] of rows)
    test(`readPluginCall: ${title}: ${name}`, () => expect(readPluginCall(xml)).toBe(name));
});

describe("readPluginArguments", () => {
  const call = (...members: readonly string[]) =>
    `<methodCall><methodName>tie_test</methodName><params><param><value>OpaqueRef:s</value></param><param><value><struct>${members.join("")}</struct></value></param></params></methodCall>`;
  const member = (name: string, value: string) =>
    `<member><name>${name}</name><value>${value}</value></member>`;
  const rows: readonly [string, string, Readonly<Record<string, string>>][] = [
    [
      "words, with a type and without",
      call(member("kind", "ssh"), member("place", "<string>ha@[2001:db8::1]:22:claims</string>")),
      { kind: "ssh", place: "ha@[2001:db8::1]:22:claims" },
    ],
    ["none", call(), {}],
    ["an empty one", call(member("place", "")), { place: "" }],
    ["markup is no word", call(member("place", "a&lt;b"), member("kind", "<int>1</int>")), {}],
    ["one that is far behind", `${call()}${" ".repeat(50_000)}${call(member("kind", "ssh"))}`, {}],
  ];
  for (const [title, xml, expected] of rows)
    test(title, () => expect(readPluginArguments(xml)).toEqual(expected));
});

test("renderPluginAnswer: a struct of a status and a text, in which nothing is markup", () => {
  expect(renderPluginAnswer("Success", '{"a":"<&>"}')).toBe(
    '<?xml version="1.0"?><methodResponse><params><param><value><struct><member><name>Status</name><value><string>Success</string></value></member><member><name>Value</name><value><string>{"a":"&lt;&amp;&gt;"}</string></value></member></struct></value></param></params></methodResponse>\n',
  );
});
