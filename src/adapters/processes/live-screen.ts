import { writeSync } from "node:fs";
import { constants } from "node:os";
import type { Clock } from "../../ports/clock.ts";
import type { LiveScreen, OpenScreen, ScreenEvent } from "../../ports/live-screen.ts";

/** The other page of the terminal, without a cursor; and back. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J";
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
/** Whoever leans on the keyboard. */
const MOST_WAITING = 16;
const NAMES: Readonly<Record<string, string>> = {
  ...{ "\x1b[C": "right", "\x1b[D": "left", "\x03": "end", "\x04": "end" },
};

/** The terminal of this process. */
export function createLiveScreen(clock: Clock): LiveScreen {
  const { stdin, stdout } = process;
  const term = process.env["TERM"] ?? "";
  return {
    // On a dumb one nothing can be drawn twice in the same place.
    isUsable: stdin.isTTY === true && stdout.isTTY === true && term !== "" && term !== "dumb",
    open: () => open(clock),
  };
}

function open(clock: Clock): OpenScreen | null {
  const { stdin } = process;
  const events = createEvents(clock);
  let isOpen = false;
  let shown = "";
  const enter = (): void => {
    stdin.setRawMode(true);
    isOpen = true;
    shown = "";
    write(ENTER);
  };
  const leave = (): void => {
    if (!isOpen) return;
    isOpen = false;
    write(LEAVE);
    stdin.setRawMode(false);
  };
  const ends = ENDS.map((name) => {
    const heard = () => events.give({ kind: "signal", number: constants.signals[name] });
    return [name, heard] as const;
  });
  const typed = (chunk: Buffer | string) => {
    for (const key of keysIn(String(chunk))) events.give({ kind: "key", key });
  };
  const closed = () => events.give({ kind: "key", key: "end" });
  const resized = () => {
    shown = "";
    events.give({ kind: "resized" });
  };
  const suspended = () => {
    leave();
    process.kill(process.pid, "SIGSTOP");
  };
  const continued = () => {
    if (isOpen) return;
    enter();
    resized();
  };
  try {
    enter();
  } catch {
    return null;
  }
  const ofProcess: readonly (readonly [string, () => void])[] = [
    ...ends,
    ...([
      ["SIGWINCH", resized],
      ["SIGTSTP", suspended],
      ["SIGCONT", continued],
    ] as const),
    // Whatever ends the program: nobody may be left with a terminal that shows nothing.
    ["exit", leave],
  ];
  const ofKeyboard: readonly (readonly [string, (chunk: Buffer | string) => void])[] = [
    ["data", typed],
    ["end", closed],
    ["error", closed],
  ];
  for (const [name, heard] of ofProcess) process.on(name, heard);
  for (const [name, heard] of ofKeyboard) stdin.on(name, heard);
  stdin.resume();
  return {
    size: sizeNow,
    draw(lines) {
      const page = lines.join(`${CLEAR_LINE}\r\n`);
      if (!isOpen || page === shown) return;
      shown = page;
      write(`${HOME}${page}${CLEAR_LINE}${CLEAR_BELOW}`);
    },
    next: events.next,
    close() {
      leave();
      for (const [name, heard] of ofProcess) process.off(name, heard);
      for (const [name, heard] of ofKeyboard) stdin.off(name, heard);
      stdin.pause();
      stdin.unref();
    },
  };
}

/** What has happened, in order, for one who waits for it. */
function createEvents(clock: Clock) {
  const waiting: ScreenEvent[] = [];
  let wake = new AbortController();
  return {
    give(event: ScreenEvent): void {
      if (waiting.length < MOST_WAITING || event.kind === "signal") waiting.push(event);
      wake.abort();
    },
    async next(ms: number): Promise<ScreenEvent> {
      if (waiting.length === 0) {
        wake = new AbortController();
        await clock.sleep(ms, wake.signal);
      }
      return waiting.shift() ?? { kind: "time" };
    },
  };
}

/** A key that is no letter comes as several characters. */
function keysIn(text: string): readonly string[] {
  const named = NAMES[text];
  if (named !== undefined) return [named];
  if (text.startsWith("\x1b")) return [];
  return [...text].slice(0, MOST_WAITING).map((key) => NAMES[key] ?? key);
}

const FALLBACK = { columns: 80, rows: 24 };

function sizeNow(): { columns: number; rows: number } {
  const [columns, rows] = process.stdout.getWindowSize();
  return { columns: columns || FALLBACK.columns, rows: rows || FALLBACK.rows };
}

/** A terminal takes a page at once, or, when it does not read, later. */
const MOST_TRIES = 200;
const TRY_AGAIN_MS = 5;

/** In one piece and in order, also while the program ends; a terminal that is gone is no fault. */
function write(text: string): void {
  let rest = Buffer.from(text, "utf8");
  for (let tries = 0; rest.length > 0 && tries < MOST_TRIES; tries++) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      Bun.sleepSync(TRY_AGAIN_MS);
    }
  }
}
