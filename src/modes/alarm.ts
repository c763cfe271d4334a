import { hostname } from "node:os";
import { createChildMailer } from "../adapters/mail/mailer-child.ts";
import { raiseAlarm } from "../app/alerts/raise-alarm.ts";
import type { AlarmCall } from "../ports/alarm.ts";
import { untilCrash } from "./crash.ts";
import { createRealPeers } from "./real-xapi.ts";
import { createRuntime, flushLog, type Runtime } from "./runtime.ts";

/** More than XAPI, the disk and the deadlines in between can take. */
const TOTAL_MS = 120_000;

/** `alarm`: one alert from standard input, for monitor and watchdog. */
export function run(): Promise<number> {
  const runtime = createRuntime();
  setTimeout(() => process.exit(1), TOTAL_MS).unref();
  return untilCrash("alarm", runtime, () => raise(runtime));
}

async function raise(runtime: Runtime): Promise<number> {
  const { environment, self } = runtime;
  const call = readCall(await Bun.stdin.text());
  if (call === null) return 2;
  await raiseAlarm(call, {
    ...createRealPeers(runtime, { pingAfterMs: 0 }),
    ...runtime,
    mailer: createChildMailer({ self, environment, hostName: hostname() }),
  });
  await flushLog(runtime);
  setTimeout(() => process.exit(), 1_000).unref();
  return 0;
}

const FIELDS = ["key", "severity", "subject", "body", "advice"] as const;

function readCall(text: string): AlarmCall | null {
  try {
    const call = JSON.parse(text) as AlarmCall | null;
    return call !== null && FIELDS.every((field) => typeof call[field] === "string") ? call : null;
  } catch {
    return null;
  }
}
