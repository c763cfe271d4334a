import { test } from "bun:test";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Daemons } from "./daemons.ts";

/** `npm run measure`: how light the daemons are. Prints a table; judges nothing. */

const IDLE_MS = 60_000;
const folder = new ScratchFolder("measure");

test("monitor and watchdog, at MONITOR_DELAY=15", async () => {
  const daemons = await Daemons.start(folder);
  try {
    const row = (what: string) => {
      const { monitor, watchdog } = daemons.memory();
      const kib = [monitor.pss, watchdog.pss, monitor.pss + watchdog.pss, monitor.own, watchdog.own];
      console.log([what.padEnd(18), ...kib.map((size) => (size / 1024).toFixed(1).padStart(9))].join(" "));
    };
    console.log("MiB                PSS monitor  watchdog  together  own monitor  watchdog");
    row("idle");
    const before = daemons.work();
    const began = performance.now();
    await Bun.sleep(IDLE_MS);
    const tookMs = performance.now() - began;
    const after = daemons.work();
    for (const [passes, sum] of [
      [100, 100],
      [200, 300],
      [300, 600],
      [400, 1_000],
    ] as const) {
      await daemons.passes(passes);
      row(`after ${sum} passes`);
    }
    const percent = (ms: number) => `${((100 * ms) / tookMs).toFixed(2)} %`;
    const self = after.monitor.self - before.monitor.self + after.watchdog.self - before.watchdog.self;
    const children = after.monitor.children - before.monitor.children;
    console.log(
      `CPU of a core over a minute: both daemons ${percent(self)}, the iterations ${percent(children)}`,
    );
  } finally {
    await daemons.stop();
  }
}, 900_000);
