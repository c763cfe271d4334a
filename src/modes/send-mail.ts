import { sendMail } from "../adapters/mail-send.ts";
import { createRuntime, flushLog } from "./runtime.ts";

/** A server that says a word now and then would hold the process for ever. */
const TOTAL_MS = 60_000;

/** `send-mail`: one mail from standard input, for the iteration. Its failure delays nothing; it is in the log. */
export async function run(): Promise<number> {
  const runtime = createRuntime();
  const late = Promise.withResolvers<never>();
  setTimeout(() => late.reject(new Error(`no end within ${TOTAL_MS / 1_000} s`)), TOTAL_MS).unref();
  // Whatever still holds the program after that, it ends.
  setTimeout(() => process.exit(1), TOTAL_MS * 1.2).unref();
  try {
    await Promise.race([Bun.stdin.text().then(sendMail), late.promise]);
    return 0;
  } catch (error) {
    const text = `Cannot send the mail: ${error instanceof Error ? error.message : String(error)}`;
    runtime.logger.log("warning", "email", text);
    await flushLog(runtime);
    return 1;
  }
}
