import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, readlinkSync } from "node:fs";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { until } from "../e2e/world/wait.ts";
import { Stage } from "./stage.ts";

const ENTERED = "\u001b[?1049h";
const LEFT = "\u001b[0m\u001b[?25h\u001b[?1049l";

const folder = new ScratchFolder("watch");
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(folder, { hosts: 3, ha: "true", vms: [{ name: "web", on: 1 }] });
});
afterAll(() => stage.stop());

let runs = 0;

/** `ha-cfg watch` in a terminal of its own, in which a shell then says how it was left. */
function onTerminal(env: Readonly<Record<string, string>> = {}) {
  runs += 1;
  const pid = folder.at(`pid${runs}`);
  const { command, env: own, cwd } = stage.command(1, ["watch"], { env: { TERM: "xterm", ...env } });
  const line = command.map((word) => `'${word}'`).join(" ");
  const inner = `stty cols 80 rows 24; sh -c 'echo $$ >${pid}; exec "$0" "$@"' ${line}; echo "ended $?"; stty -a`;
  const child = Bun.spawn(["script", "-qec", inner, "/dev/null"], {
    cwd,
    env: { ...own, SHELL: "/bin/sh" },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
    timeout: 30_000,
    killSignal: "SIGKILL",
  });
  let out = "";
  const reading = (async () => {
    for await (const chunk of child.stdout) out += new TextDecoder().decode(chunk);
  })();
  return {
    out: () => out,
    shows: (text: string) => until(`the screen shows ${text}`, 15_000, () => out.includes(text)),
    type: (keys: string) => {
      child.stdin.write(keys);
      child.stdin.flush();
    },
    signal: (name: NodeJS.Signals) => process.kill(Number(readFileSync(pid, "utf8")), name),
    /** Another size, as when somebody draws at the window. */
    resize: (columns: number) =>
      Bun.$`stty -F ${readlinkSync(`/proc/${readFileSync(pid, "utf8").trim()}/fd/0`)} cols ${columns}`.quiet(),
    /** All that was shown, when the terminal is closed. */
    async ended(): Promise<string> {
      await until("the shell says how it ended", 15_000, () => /ended \d+[\s\S]*echo/.test(out));
      child.stdin.end();
      await child.exited;
      await reading;
      return out;
    },
  };
}

/** The terminal is as it was: the page is gone, the cursor back, what is typed is seen again and comes in lines. */
function expectRestored(out: string, code: number, times = 1): void {
  const at = out.lastIndexOf(LEFT);
  const after = out.slice(at + LEFT.length);
  expect([out.split(ENTERED).length - 1, at > out.lastIndexOf(ENTERED)]).toEqual([times, true]);
  expect(after).toMatch(new RegExp(`^ended ${code}\\r`));
  expect(after).toMatch(/(?<!-)\bicanon\b/);
  expect(after).toMatch(/(?<!-)\becho\b/);
}

describe("ha-cfg watch, compiled, on a terminal of 80 x 24", () => {
  test("shows the hosts and their VMs, and q ends it", async () => {
    const terminal = onTerminal();
    await terminal.shows("web");
    for (const text of ["h1 *", "h2", "h3", "q ends"]) expect(terminal.out()).toContain(text);
    terminal.type("q");
    expectRestored(await terminal.ended(), 0);
  }, 40_000);

  test("Ctrl-C ends it; without colours it has none", async () => {
    const terminal = onTerminal({ NO_COLOR: "1" });
    await terminal.shows("q ends");
    terminal.type("\u0003");
    const out = await terminal.ended();
    expectRestored(out, 0);
    const page = out.slice(out.indexOf(ENTERED), out.lastIndexOf(LEFT));
    expect(page.split("\u001b[").filter((part) => /^[0-9;]*m/.test(part))).toEqual([]);
  }, 40_000);

  for (const [name, code] of [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)
    test(`${name} ends it, and the terminal is given back`, async () => {
      const terminal = onTerminal();
      await terminal.shows("q ends");
      terminal.signal(name);
      expectRestored(await terminal.ended(), code);
    }, 40_000);

  test("another size is obeyed at once", async () => {
    const terminal = onTerminal();
    await terminal.shows("h3");
    await terminal.resize(32);
    await terminal.shows("hosts 1 to 2 of 3");
    terminal.type("\u001b[C");
    await terminal.shows("hosts 3 to 3 of 3");
    terminal.type("q");
    expectRestored(await terminal.ended(), 0);
  }, 40_000);

  test("SIGTSTP gives the terminal back, SIGCONT takes it again", async () => {
    const terminal = onTerminal();
    await terminal.shows("q ends");
    terminal.signal("SIGTSTP");
    await terminal.shows(LEFT);
    terminal.signal("SIGCONT");
    await until("it is drawn again", 15_000, () => terminal.out().split(ENTERED).length === 3);
    terminal.type("q");
    expectRestored(await terminal.ended(), 0, 2);
  }, 40_000);

  test("a terminal that cannot be drawn on, and none at all: refused with what does it there", async () => {
    const dumb = onTerminal({ TERM: "dumb" });
    const out = await dumb.ended();
    expect(out).toContain("Cannot watch: this is no terminal to draw on; use ha-cfg status");
    expect(out).toContain("ended 2");
    expect((await stage.run(1, ["watch"])).code).toBe(2);
  }, 40_000);
});
