import { test } from "bun:test";
import { isFenceDevices } from "../../../../src/core/memory/fence-devices.ts";
import { expectShape } from "./expect-shape.ts";

test("isFenceDevices: the method, when it was looked at, and what was wrong", () =>
  expectShape(isFenceDevices, { method: "IPMI", checkedAtMs: 5, wrong: { h2: "no answer" } }));
