import { test } from "bun:test";
import { isDeclaredDead } from "../../../../src/core/memory/declared-dead.ts";
import { vm } from "../fixtures.ts";
import { expectShape } from "./expect-shape.ts";

test("isDeclaredDead: the VMs of then, and when xapi was restarted", () => {
  expectShape(isDeclaredDead, { vms: [vm("web")], restartedAtMs: null });
  expectShape(isDeclaredDead, { vms: [], restartedAtMs: 5 });
});
