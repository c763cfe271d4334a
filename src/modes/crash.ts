import { flushLog, type Runtime } from "./runtime.ts";

/**
 * Runs a mode that nobody watches on a terminal. What it dies of, wherever that is thrown, goes to the log before it
 * ends: its standard error leads nowhere.
 *
 * @returns its exit code, 1 when it crashed.
 */
export async function untilCrash(
  what: string,
  runtime: Runtime,
  run: () => Promise<number>,
): Promise<number> {
  const tell = async (error: unknown) => {
    runtime.logger.log("critical", "check_xapi", `The ${what} has crashed: ${causeOf(error)}`);
    await flushLog(runtime);
    return 1;
  };
  const die = (error: unknown) => void tell(error).finally(() => process.exit(1));
  process.on("uncaughtException", die);
  process.on("unhandledRejection", die);
  try {
    return await run();
  } catch (error) {
    return tell(error);
  }
}

/** The error with where it came from: the stack says both. */
function causeOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
