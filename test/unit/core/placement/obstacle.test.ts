import { expect, test } from "bun:test";
import { obstacleOf } from "../../../../src/core/placement/obstacle.ts";
import { needy, roomy } from "./pools.ts";

const kindOf = (...[vm, host]: Parameters<typeof obstacleOf>) => obstacleOf(vm, host)?.kind ?? null;

test("storage, network, processors and memory, as XAPI asks before a start", () => {
  const fine = roomy(1, 100);
  expect(kindOf(needy("a", 100), fine)).toBeNull();
  expect(kindOf(needy("a", 101), fine)).toBe("memory");
  expect(kindOf(needy("a", 200, { leastMemoryBytes: 100 }), fine)).toBeNull();
  expect(kindOf(needy("a", 100, { cpus: 9 }), fine)).toBe("cpus");
  expect(kindOf(needy("a", 100, { storages: ["shared", "local"] }), fine)).toBe("storage");
  expect(kindOf(needy("a", 100, { networks: ["dmz"] }), fine)).toBe("network");
});

test("what is not known speaks against nothing", () => {
  const unknown = roomy(1, 0, {
    squeezedFreeBytes: "unknown",
    cpus: null,
    storages: null,
    networks: null,
  });
  expect(kindOf(needy("a", 1e12, { cpus: 64, storages: ["x"], networks: ["y"] }), unknown)).toBeNull();
});

/** `VM.assert_can_boot_here` of a real xapi, three hosts of 64 GiB (facts of 2026-11: R-2-planning-trouble). */
test("a real xapi has said the same of a VM of 100 GiB, and of one whose storage is unplugged", () => {
  const free = 66_560_458_752;
  const large = needy("r1", 107_374_182_400 + 842_006_528);
  expect(kindOf(large, roomy(1, free))).toBe("memory");
  expect(kindOf(needy("r0", 1_085_276_160), roomy(1, free, { storages: new Set() }))).toBe("storage");
  expect(kindOf(needy("r0", 1_085_276_160), roomy(1, free))).toBeNull();
});
