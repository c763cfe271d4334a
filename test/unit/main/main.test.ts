import { describe, expect, test } from "bun:test";
import { chooseMode } from "../../../src/main.ts";

describe("chooseMode", () => {
  const rows: readonly [string, readonly string[], string, readonly string[]][] = [
    ["/etc/ha-lizard/scripts/ha-lizard.mon", [], "monitor", []],
    ["ha-lizard-watchdog", [], "watchdog", []],
    ["/usr/bin/ha-cfg", ["set", "FENCE_METHOD", "ILO"], "ha-cfg", ["set", "FENCE_METHOD", "ILO"]],
    ["ha-cfg", [], "ha-cfg", []],
    ["ha-lizard", [], "help", []],
    ["ha-lizard", ["iterate"], "iterate", []],
    ["ha-lizard", ["monitor"], "monitor", []],
    ["ha-lizard", ["ha-cfg", "get"], "ha-cfg", ["get"]],
    ["-ha-cfg", ["get"], "ha-cfg", ["get"]],
    ["/etc/xapi.d/plugins/ha-lizard-plugin", ["<methodCall/>"], "plugin", ["<methodCall/>"]],
    ["", ["iterate"], "iterate", []],
    ["", [], "help", []],
    ["ha-lizard.mon", ["iterate"], "iterate", []],
    ["ha-lizard-3.0.0", ["version"], "version", []],
  ];
  for (const [argv0, args, mode, rest] of rows) {
    test(`"${argv0}" ${args.join(" ")}: ${mode}`, () =>
      expect(chooseMode(argv0, args)).toEqual({ mode, rest: [...rest] }));
  }
});
