import type { Pool } from "./world/pool.ts";

const LOOK_MS = 200;
/** A syslog line of the program: date, tag, text. */
const PROGRAM_LINE = /^\w{3} +\d+ [\d:]{8} (?:\S+ \S+ )?(ha-lizard\S*|[^:]*ha-lizard[^:]*): (.*)$/;

/**
 * Tells what happens in a pool while it happens: what was done to it, what the monitors log, what is true. Times are
 * seconds since the start.
 */
export class Timeline {
  private readonly pool: Pool;
  private readonly startedMs = performance.now();
  private readonly read = new Map<number, number>();
  private readonly write: (line: string) => void;
  private readonly colours: boolean;
  private seenLog = 0;
  private stopped = false;
  private looks: Promise<void> = Promise.resolve();
  private follower: Promise<void> = Promise.resolve();

  constructor(pool: Pool, write: (line: string) => void, colours: boolean) {
    this.pool = pool;
    this.write = write;
    this.colours = colours;
  }

  /** What the person at the pool does. */
  async did(text: string): Promise<void> {
    await this.catchUp();
    this.line("you", text, "1");
  }

  /** What was waited for and came true. */
  async saw(text: string): Promise<void> {
    await this.catchUp();
    this.line("seen", text, "1;32");
  }

  follow(): void {
    this.follower = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.follower;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.catchUp();
      await Bun.sleep(LOOK_MS);
    }
    await this.catchUp();
  }

  /** What has happened so far is told before what follows from it; one look at a time. */
  private catchUp(): Promise<void> {
    this.looks = this.looks.then(() => this.look());
    return this.looks;
  }

  private async look(): Promise<void> {
    for (const entry of await this.pool.sim.log(this.seenLog)) {
      this.seenLog += 1;
      const text = describeTruth(entry);
      if (text !== null) this.line("truth", text, "36");
    }
    for (const host of this.pool.hostNumbers()) {
      const text = await this.pool.messages(host);
      const from = this.read.get(host) ?? 0;
      const end = text.lastIndexOf("\n") + 1;
      this.read.set(host, end);
      for (const line of text.slice(from, end).split("\n")) {
        const found = PROGRAM_LINE.exec(line)?.[2];
        // What the story itself changed by ha-cfg it has said already.
        if (found !== undefined && !found.startsWith("ha-cfg: ")) this.line(`host ${host}`, found, "0");
      }
    }
  }

  private line(who: string, text: string, colour: string): void {
    const seconds = ((performance.now() - this.startedMs) / 1000).toFixed(1).padStart(6);
    const line = `${seconds} s  ${who.padEnd(7)} ${text}`;
    this.write(this.colours ? `\u001b[${colour}m${line}\u001b[0m` : line);
  }
}

/** The few events of the simulated world that a reader of the demo wants; null for the others. */
function describeTruth(entry: Readonly<Record<string, unknown>>): string | null {
  const { what, vm, host, why } = entry;
  switch (what) {
    case "domain-started":
      return `VM ${vm} runs on host ${host}`;
    case "domain-ended":
      return `VM ${vm} runs no more on host ${host} (${why})`;
    case "vm-twice":
      return `VM ${vm} RUNS TWICE`;
    case "disk-two-writers":
      return `THE DISK OF VM ${vm} HAS TWO WRITERS`;
    default:
      return null;
  }
}
