import { describe, expect, test } from "bun:test";
import { parseOptions } from "../../../src/fence-agents/options-file.ts";

const KNOWN = {
  DIALECT: { fallback: "auto", pattern: /^(auto|power)$/ },
  SSH_KEY: { fallback: "", pattern: /^(\/\S+)?$/ },
};

describe("parseOptions", () => {
  const good: readonly (readonly [string, string, string, string])[] = [
    ["nothing", "", "auto", ""],
    ["comments and empty lines", "# DIALECT=power\n\n  # x\n", "auto", ""],
    ["a value", "DIALECT=power\n", "power", ""],
    ["a value with a comment", "SSH_KEY=/root/k # mine\n", "auto", "/root/k"],
    ["a value in quotes", `DIALECT="power"\nSSH_KEY='/root/k#1'\n`, "power", "/root/k#1"],
    ["an empty value", "SSH_KEY=\n", "auto", ""],
    ["the line ends of Windows", "DIALECT=power\r\nSSH_KEY=/k\r\n", "power", "/k"],
    ["the last of two", "DIALECT=auto\nDIALECT=power\n", "power", ""],
  ];
  test.each(good)("%s", (_, text, dialect, key) => {
    expect(parseOptions(text, KNOWN)).toEqual({ ok: true, options: { DIALECT: dialect, SSH_KEY: key } });
  });

  const bad: readonly (readonly [string, string, string])[] = [
    [
      "a name it does not know",
      "\nDIALEKT=power",
      "line 2: DIALEKT is no option; there are DIALECT, SSH_KEY",
    ],
    ["small letters", "dialect=power", "line 1: dialect is no option; there are DIALECT, SSH_KEY"],
    [
      "space around the sign",
      "DIALECT = power",
      "line 1: DIALECT = power is no option; there are DIALECT, SSH_KEY",
    ],
    ["a name without a value", "DIALECT", "line 1: DIALECT is no option; there are DIALECT, SSH_KEY"],
    ["a value it does not know", "DIALECT=clp", "line 1: DIALECT=clp is not valid"],
    ["half a quote", `DIALECT="power`, `line 1: DIALECT="power is not valid`],
    [
      "a shell's export",
      "export DIALECT=power",
      "line 1: export DIALECT=power is no option; there are DIALECT, SSH_KEY",
    ],
  ];
  test.each(bad)("%s is an error that names the line", (_, text, why) => {
    expect(parseOptions(text, KNOWN)).toEqual({ ok: false, why });
  });
});
