import { expect, test } from "bun:test";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Daemons } from "../bench/daemons.ts";

const folder = new ScratchFolder("light");
const KIB_PER_MIB = 1_024;

/** The bounds are wide: `npm run measure` has the figures. They catch a library that slipped into a daemon, and a leak. */
test("monitor and watchdog are small, and do not grow with the passes", async () => {
  const daemons = await Daemons.start(folder);
  try {
    await daemons.passes(30);
    const before = daemons.memory();
    await daemons.passes(150);
    const after = daemons.memory();
    expect(after.monitor.pss + after.watchdog.pss).toBeLessThan(45 * KIB_PER_MIB);
    for (const daemon of ["monitor", "watchdog"] as const) {
      expect(after[daemon].own).toBeLessThan(10 * KIB_PER_MIB);
      expect(after[daemon].own - before[daemon].own).toBeLessThan(2 * KIB_PER_MIB);
    }
  } finally {
    await daemons.stop();
  }
}, 60_000);
