import { expect, test } from "bun:test";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Daemons } from "../bench/daemons.ts";

const folder = new ScratchFolder("light");
const KIB_PER_MIB = 1_024;
const DAEMONS = ["monitor", "watchdog"] as const;

/** The bounds are wide: `npm run measure` has the figures. They catch a library that slipped into a daemon, and a leak. */
test("monitor and watchdog are small, and do not grow with the passes", async () => {
  const daemons = await Daemons.start(folder);
  try {
    await daemons.passes(30);
    const seen = [daemons.memory()];
    for (let window = 1; window <= 3; window++) {
      await daemons.passes(50);
      seen.push(daemons.memory());
    }
    const [first] = seen;
    const last = seen.at(-1) ?? first;
    if (first === undefined || last === undefined) throw new Error("Nothing was measured");
    expect(last.monitor.pss + last.watchdog.pss).toBeLessThan(45 * KIB_PER_MIB);
    for (const daemon of DAEMONS) {
      expect(last[daemon].own).toBeLessThan(10 * KIB_PER_MIB);
      // Garbage comes and goes with its collector; a leak grows in every window. 10 KiB with each pass are found.
      const growth = seen.slice(1).map((each, at) => each[daemon].own - (seen[at]?.[daemon].own ?? 0));
      expect(Math.min(...growth)).toBeLessThan(500);
    }
  } finally {
    await daemons.stop();
  }
}, 240_000);
