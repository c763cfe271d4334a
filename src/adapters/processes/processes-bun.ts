import type { Clock } from "../../ports/clock.ts";
import type { Processes } from "../../ports/processes.ts";
import { killGroup, readChunks } from "./run-command.ts";
import { writeError } from "./standard-streams.ts";

/** How many iterations before this one left no report; read by `iterate`. */
export const LOST_PASSES = "HA_LIZARD_LOST_PASSES";

/** What is kept of what an iteration says on standard error: the end, where a crash names its cause. */
const KEPT_CHARACTERS = 4_000;
/** What it wrote before it ended is in the pipe by then; a child of its own may hold that open for ever. */
const DRAIN_MS = 250;

/** Iterations as children of this program, each the leader of its own process group. */
export function createProcesses(options: {
  /** How this program is started: its path, and for tests what comes before it. */
  readonly self: readonly string[];
  readonly environment: Record<string, string>;
  readonly clock: Clock;
  /** What they say on standard error is passed on to ours, and they say what they log as well. */
  readonly foreground: boolean;
  /** Takes the passwords out of what a crash says. */
  readonly mask: (text: string) => Promise<string>;
}): Processes {
  const { self, environment, clock, foreground, mask } = options;
  return {
    startIteration(lost) {
      const child = Bun.spawn([...self, "iterate", ...(foreground ? ["--foreground"] : [])], {
        cwd: "/",
        env: { ...environment, [LOST_PASSES]: String(lost) },
        detached: true,
        stdin: "ignore",
        stdout: "inherit",
        stderr: "pipe",
      });
      const words = listen(child.stderr, foreground);
      return {
        pid: child.pid,
        ended: child.exited.then(async () => ({
          exitCode: child.exitCode,
          signal: child.signalCode === null ? null : String(child.signalCode),
          lastWords: await words.end(clock, mask),
        })),
        killGroup: () => killGroup(child.pid, "SIGKILL"),
      };
    },
  };
}

/** Reads all that is said, keeps its end, and never holds the child up. */
function listen(stream: ReadableStream<Uint8Array>, passOn: boolean) {
  const decoder = new TextDecoder();
  let kept = "";
  const reading = readChunks(stream, (chunk) => {
    const text = decoder.decode(chunk, { stream: true });
    if (passOn) writeError(text);
    kept = `${kept}${text.slice(-KEPT_CHARACTERS)}`.slice(-KEPT_CHARACTERS);
    return true;
  });
  return {
    async end(clock: Clock, mask: (text: string) => Promise<string>): Promise<string> {
      await reading.finish(clock, DRAIN_MS);
      return kept.trim() === "" ? "" : (await mask(kept)).trim();
    },
  };
}
