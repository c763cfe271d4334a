import { describe, expect, test } from "bun:test";
import {
  endsWithPrompt,
  parseOutcome,
  parsePower,
  parseSystem,
} from "../../../../src/fence-agents/ilo/clp.ts";
import { createDialogue } from "../../../../src/fence-agents/ilo/dialogue.ts";

const DONE = "status=0\nstatus_tag=COMMAND COMPLETED\nWed Sep 26 15:32:04 2018\n\n\n";
const REFUSED = "status=2\nstatus_tag=COMMAND PROCESSING FAILED\nerror_tag=COMMAND NOT RECOGNIZED\n";
const power = (value: string) => `power: server power is currently: ${value}`;

/** The same text with the line ends that are met. */
const ENDS = [
  ["\\n", (text: string) => text],
  ["\\r\\n", (text: string) => text.replaceAll("\n", "\r\n")],
  ["\\r\\r\\n, of a terminal", (text: string) => text.replaceAll("\n", "\r\r\n")],
  ["\\r, of old ones", (text: string) => text.replaceAll("\n", "\r")],
] as const;

describe.each(ENDS)("line ends %s", (_, ends) => {
  const readings: readonly (readonly [string, string, "on" | "off" | "unknown" | null])[] = [
    ["off", `${DONE}${power("Off")}\n\n`, "off"],
    ["on", `${DONE}${power("On")}\n\n`, "on"],
    ["in other letters", `${power("OFF")}\n`, "off"],
    ["without the command's name", "server power is currently: Off\n", "off"],
    [
      "with echo, prompts and a banner",
      `Server Power: On\n</>hpiLO-> power\n${power("Off")}\n\n</>hpiLO-> \n`,
      "off",
    ],
    ["after a prompt", `MP> ${power("On")}\n`, "on"],
    ["after two prompts", `</>hpiLO-> </system1>hpiLO-> ${power("On")}\n`, "on"],
    ["in colour", `\u001b[1m${power("Off")}\u001b[0m\n`, "off"],
    ["the same twice", `${power("Off")}\n${power("Off")}\n`, "off"],
    ["both", `${power("On")}\n${power("Off")}\n`, "unknown"],
    ["another word", `${power("Standby")}\n`, "unknown"],
    ["a longer word", `${power("Offline")}\n`, "unknown"],
    ["a word more", `${power("Off (pending)")}\n`, "unknown"],
    ["no word", `${power("")}\n`, "unknown"],
    ["cut off in the middle", `${DONE}${power("Of")}`, null],
    ["cut off before the end of its line", `${DONE}${power("Off")}`, null],
    ["a refusal", REFUSED, null],
    ["the banner alone", "User:root logged-in\nServer Power: Off\n", null],
    ["in the middle of a line", `last: ${power("Off")}\n`, null],
    ["nothing", "", null],
  ];
  test.each(readings)("parsePower: %s", (_name, text, kind) => {
    expect(parsePower(ends(text))?.kind ?? null).toBe(kind);
  });

  const systems: readonly (readonly [string, string, "on" | "off" | "unknown" | null])[] = [
    ["enabled", `${DONE}/system1\n  Properties\n    enabledstate=enabled\n`, "on"],
    ["disabled", `    EnabledState=disabled\n`, "off"],
    ["both", "enabledstate=enabled\nenabledstate=disabled\n", "unknown"],
    ["a number", "EnabledState=3\n", "unknown"],
    ["cut off", "    enabledstate=disabled", null],
    ["another property", "requestedenabledstate=disabled\n", null],
    ["a refusal", REFUSED, null],
  ];
  test.each(systems)("parseSystem: %s", (_name, text, kind) => {
    expect(parseSystem(ends(text))?.kind ?? null).toBe(kind);
  });

  const outcomes: readonly (readonly [string, string, string])[] = [
    ["completed", `</>hpiLO-> stop /system1 -f\n${DONE}Forcing server power off .......\n`, "accepted"],
    ["only a status", "status=0\n", "accepted"],
    ["only a tag", "status_tag=COMMAND COMPLETED\n", "accepted"],
    ["an error", REFUSED, "COMMAND NOT RECOGNIZED"],
    ["completed, with an error", `${DONE}error_tag=INVALID STATE\n`, "INVALID STATE"],
    [
      "an error without its tag",
      "status=1\nstatus_tag=COMMAND PROCESSING FAILED\n",
      "COMMAND PROCESSING FAILED",
    ],
    ["first one, then the other", `${DONE}status=3\n`, "COMMAND COMPLETED"],
    ["cut off", "status=0", "it said: status=0"],
    ["garbage", "#!%&\n", "it said: #!%&"],
  ];
  test.each(outcomes)("parseOutcome: %s", (_name, text, outcome) => {
    const answer = parseOutcome(ends(text));
    expect(answer.kind === "accepted" ? "accepted" : answer.why).toBe(outcome);
  });
});

test.each([
  ["</>hpiLO-> ", true],
  ["banner\r\n\r\nhpiLO->", true],
  ["\r\n</system1>hpiLO-> ", true],
  ["\r\nMP> ", true],
  ["\r\n</>hpiLO-> </>hpiLO-> ", true],
  ["\r\n</>hpeiLO-> ", true],
  ["\r\n\u001b[0m</>hpiLO-> \u001b[K", true],
  ["</>hpiLO-> power", false],
  ["</>hpiLO-> \r\nstill working", false],
  ["it said hpiLO->", false],
  ["", false],
])("endsWithPrompt: %p is %p", (text, expected) => {
  expect(endsWithPrompt(text)).toBe(expected);
});

describe("createDialogue", () => {
  test("types at each prompt, also when pieces arrive one letter at a time", () => {
    const dialogue = createDialogue("power");
    const typed: string[] = [];
    const hear = (text: string) => {
      for (const letter of text) {
        const line = dialogue.hear(letter);
        if (line !== null) typed.push(line);
      }
    };
    hear("User:root logged-in\r\n\r\n</>hpiLO-> ");
    expect([dialogue.answer(), dialogue.done]).toEqual([null, false]);
    hear(`power\r\n${power("Off")}\r\n\r\n</>hpiLO->`);
    expect(dialogue.done).toBe(true);
    hear(" </>hpiLO-> exit\r\nCLI session stopped\r\n");
    expect(typed).toEqual(["power\r\n", "exit\r\n"]);
    expect(parsePower(dialogue.answer() ?? "")).toEqual({ kind: "off" });
  });

  test("no prompt, no answer", () => {
    const dialogue = createDialogue("power");
    expect(dialogue.hear(`${power("Off")}\r\n`)).toBeNull();
    expect(dialogue.answer()).toBeNull();
  });
});
