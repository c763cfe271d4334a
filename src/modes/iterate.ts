import { hostname } from "node:os";
import { createConfigFiles } from "../adapters/files/config-files.ts";
import { createChildMailer } from "../adapters/mail/mailer-child.ts";
import { createSocketLock } from "../adapters/processes/lock-socket.ts";
import { LOST_PASSES } from "../adapters/processes/processes-bun.ts";
import { runPass, UUID_UNKNOWN } from "../app/pass/iterate.ts";
import type { PassPorts } from "../app/pass/pass-ports.ts";
import { createFencer } from "./real-fencer.ts";
import { createRealPeers } from "./real-xapi.ts";
import { createRuntime, flushLog, stopSignal } from "./runtime.ts";

/** A connection or child that still holds the program after its pass would hold the next iteration too. */
const LINGER_MS = 2_000;

/** An xapi that is well answers in 1 to 8 ms. */
const PING_AFTER_MS = 250;

/**
 * `iterate`: one iteration on the real machine. One at a time: that of a monitor which was killed may still run, holds
 * the same state file, and does the work meanwhile.
 */
export async function run(foreground?: true): Promise<number> {
  const runtime = createRuntime(foreground);
  const { clock, store, logger, paths, environment, self } = runtime;
  const lock = createSocketLock("ha-lizard.iterate", paths.root);
  if (!(await lock.acquire())) {
    logger.log("info", "check_xapi", "Cannot start an iteration: one that was begun before still runs.");
    await flushLog(runtime);
    return 1;
  }
  const ports: PassPorts = {
    ...createRealPeers(runtime, { pingAfterMs: PING_AFTER_MS }),
    clock,
    lostPasses: Number(process.env[LOST_PASSES] ?? "0") || 0,
    store,
    logger,
    config: createConfigFiles(paths),
    fencer: createFencer(runtime),
    mailer: createChildMailer({ self, environment, hostName: hostname() }),
  };
  const report = await runPass(ports, stopSignal());
  await flushLog(runtime);
  setTimeout(() => process.exit(), LINGER_MS).unref();
  return report.result === UUID_UNKNOWN ? 1 : 0;
}
