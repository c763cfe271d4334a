import { hostname } from "node:os";
import { maskFencer } from "../adapters/fencing/masked-fencer.ts";
import { createHearingReader } from "../adapters/group/hearing-file.ts";
import { createRunsAsker } from "../adapters/group/runs-asker.ts";
import { createChildHooks } from "../adapters/hooks/hook-files.ts";
import { createChildMailer } from "../adapters/mail/mailer-child.ts";
import { createFileLock } from "../adapters/processes/lock-file.ts";
import { LOST_PASSES } from "../adapters/processes/processes-bun.ts";
import { createRecorder } from "../adapters/record/record-writer.ts";
import { createProgressTasks } from "../adapters/xapi/progress-tasks.ts";
import { openSession } from "../adapters/xapi/session.ts";
import { createSocketTransport } from "../adapters/xapi/transport.ts";
import { obeyLast } from "../app/daemons/report.ts";
import { runPass, UUID_UNKNOWN } from "../app/pass/iterate.ts";
import type { PassPorts } from "../app/pass/pass-ports.ts";
import { untilCrash } from "./crash.ts";
import { createFencer } from "./real-fencer.ts";
import { createRealPeers } from "./real-xapi.ts";
import { createRuntime, flushLog, type Runtime, stopSignal } from "./runtime.ts";
import { VERSION } from "./version.ts";

/** A connection or child that still holds the program after its pass would hold the next iteration too. */
const LINGER_MS = 2_000;

/** For what only shows; changes of a task take 5 ms at the most. */
const TASK_CALL_MS = 5_000;

/** An xapi that is well answers in 1 to 8 ms. */
const PING_AFTER_MS = 250;

/**
 * `iterate`: one iteration on the real machine. One at a time: that of a monitor which was killed may still run, holds
 * the same state file, and does the work meanwhile.
 */
export function run(foreground?: true): Promise<number> {
  const runtime = createRuntime(foreground);
  return untilCrash("iteration", runtime, () => iterate(runtime));
}

async function iterate(runtime: Runtime): Promise<number> {
  const { clock, store, logger, paths, environment, self, config, secrets } = runtime;
  const lock = await createFileLock("iterate", { folder: paths.run, clock, environment }).acquire();
  if (lock.kind !== "acquired") {
    await obeyLast(store, logger);
    const [severity, why] =
      lock.kind === "taken"
        ? (["info", "one that was begun before still runs"] as const)
        : (["error", lock.why] as const);
    logger.log(severity, "check_xapi", `Cannot start an iteration: ${why}.`);
    await flushLog(runtime);
    return 1;
  }
  const ports: PassPorts = {
    ...createRealPeers(runtime, { pingAfterMs: PING_AFTER_MS }),
    hearing: createHearingReader(paths.hearing),
    runsAsker: createRunsAsker({ clock, secretPath: paths.poolSecret }),
    clock,
    lostPasses: Number(process.env[LOST_PASSES] ?? "0") || 0,
    store,
    logger,
    config,
    fencer: maskFencer(createFencer(runtime), secrets.mask),
    hooks: createChildHooks({ self, environment, folder: paths.hooks, mask: secrets.mask }),
    mailer: createChildMailer({ self, environment, hostName: hostname() }),
    tasks: createProgressTasks({
      ...{ clock, store },
      open: () =>
        openSession({
          transport: createSocketTransport({ socketPath: paths.xapiSocket, mask: secrets.mask }),
          ...{ clock, xeTimeoutMs: TASK_CALL_MS },
        }),
    }),
    recorder: createRecorder({ paths, clock, version: VERSION, host: hostname() }),
  };
  const report = await runPass(ports, stopSignal());
  await flushLog(runtime);
  setTimeout(() => process.exit(), LINGER_MS).unref();
  return report.result === UUID_UNKNOWN ? 1 : 0;
}
