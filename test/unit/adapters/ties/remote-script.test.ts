import { expect, test } from "bun:test";
import { parseAnswer, type RemoteCall, remoteCommand } from "../../../../src/adapters/ties/remote-script.ts";

const A = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const CALL: RemoteCall = { verb: "claim", call: "00ff", directory: "/srv/ties", name: "tie-1", host: A };

test("remoteCommand: one script in one pair of quotes, then plain words", () => {
  const command = remoteCommand(CALL);
  expect(command).toStartWith("exec sh -c 'umask 077\n");
  expect(command).toEndWith(`say free' sh claim 00ff /srv/ties tie-1 ${A}`);
  expect(command.split("'")).toHaveLength(3);
  // The smallest of servers take no more.
  expect(command.length).toBeLessThan(4_000);
});

test("remoteCommand: a folder below the home has a slash, so that CDPATH does not count", () =>
  expect(remoteCommand({ ...CALL, directory: "ties" })).toContain(" ./ties tie-1 "));

test.each(["a b", "a'b", "$(id)", "a;b", "a\nb", "`id`", "", "*", "~"])(
  "remoteCommand: %p is no word",
  (odd) => {
    for (const part of ["call", "name", "host"] as const)
      expect(() => remoteCommand({ ...CALL, [part]: odd })).toThrow("no plain word");
    expect(() => remoteCommand({ ...CALL, directory: `/x${odd === "" ? " " : odd}` })).toThrow(
      "no plain word",
    );
  },
);

test.each([
  ["free", "ha-lizard-tie 00ff free\n", { kind: "free" }],
  ["held", `ha-lizard-tie 00ff held ${A}\n`, { kind: "held", holder: A }],
  ["carriage returns", "hello\r\nha-lizard-tie 00ff free\r\n", { kind: "free" }],
  [
    "words of tools in further lines",
    "ha-lizard-tie 00ff failed link ln: no\nmore\n",
    { kind: "failed", step: "link", words: "ln: no" },
  ],
  ["no words", "ha-lizard-tie 00ff failed flush\n", { kind: "failed", step: "flush", words: "" }],
  ["cut off", `ha-lizard-tie 00ff held ${A}`, null],
  ["cut off after a greeting", "hello\nha-lizard-tie 00ff free", null],
  ["another call's", "ha-lizard-tie 00fe free\n", null],
  ["too many words", `ha-lizard-tie 00ff held ${A} ${A}\n`, null],
  ["an unknown word", "ha-lizard-tie 00ff own\n", null],
  ["nothing", "", null],
])("parseAnswer: %s", (_, output, answer) => expect<unknown>(parseAnswer(output, "00ff")).toEqual(answer));
