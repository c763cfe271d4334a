import { describe, expect, test } from "bun:test";
import { readPluginCall, renderPluginAnswer } from "../../../../src/adapters/xapi/plugin-protocol.ts";

describe("readPluginCall", () => {
  const call = (name: string) =>
    `<?xml version="1.0"?><methodCall><methodName>${name}</methodName><params><param><value>OpaqueRef:s</value></param></params></methodCall>`;
  const rows: readonly [string, string, string | null][] = [
    ["a call", call("domains"), "domains"],
    ["with space around the name", call("\n domains "), "domains"],
    ["a name that is none", call("<b>"), null],
    ["nothing", "", null],
    ["a name far behind", `${" ".repeat(20_000)}${call("domains")}`, null],
  ];
  for (const [title, xml, name] of rows)
    test(`readPluginCall: ${title}: ${name}`, () => expect(readPluginCall(xml)).toBe(name));
});

test("renderPluginAnswer: a struct of a status and a text, in which nothing is markup", () => {
  expect(renderPluginAnswer("Success", '{"a":"<&>"}')).toBe(
    '<?xml version="1.0"?><methodResponse><params><param><value><struct><member><name>Status</name><value><string>Success</string></value></member><member><name>Value</name><value><string>{"a":"&lt;&amp;&gt;"}</string></value></member></struct></value></param></params></methodResponse>\n',
  );
});
