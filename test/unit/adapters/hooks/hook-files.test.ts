import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createChildHooks, createHookRunner } from "../../../../src/adapters/hooks/hook-files.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { HookEvent } from "../../../../src/core/alerts/hook-event.ts";
import { until } from "../../../compiled/e2e/world/wait.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("hooks");
const environment = { PATH: process.env["PATH"] ?? "" };
let count = 0;

/** A folder of hooks of its own. */
function hooksIn(scripts: Readonly<Record<string, string>>) {
  count += 1;
  const name = `set${count}`;
  mkdirSync(folder.at(name));
  for (const [hook, body] of Object.entries(scripts)) folder.script(`${name}/${hook}`, body);
  const path = folder.at(name);
  return { path, runner: createHookRunner({ folder: path, clock: createSystemClock(), environment }) };
}

describe("find", () => {
  test("the hook of the event, and the one for all; nothing where there is none", () => {
    const { path, runner } = hooksIn({ "host-failed": "exit 0", all: "exit 0" });
    expect(runner.find("host-failed")).toEqual({
      paths: [`${path}/host-failed`, `${path}/all`],
      refused: [],
    });
    expect(runner.find("vm-started")).toEqual({ paths: [`${path}/all`], refused: [] });
    expect(hooksIn({}).runner.find("vm-started")).toEqual({ paths: [], refused: [] });
  });

  test("one that others may write is not run, nor one in a folder that others may write, nor one behind a link there", () => {
    const file = hooksIn({ all: "exit 0" });
    chmodSync(`${file.path}/all`, 0o777);
    const opened = hooksIn({ all: "exit 0" });
    chmodSync(opened.path, 0o777);
    const linked = hooksIn({});
    symlinkSync(`${opened.path}/all`, `${linked.path}/all`);
    for (const { runner } of [file, opened, linked]) {
      const { paths, refused } = runner.find("x");
      expect([paths, refused]).toEqual([
        [],
        [expect.stringContaining("others may write it; run: chmod go-w ")],
      ]);
    }
  });

  test("one that cannot be executed, or is no file, is named with the cure", () => {
    const { path, runner } = hooksIn({ all: "exit 0" });
    chmodSync(`${path}/all`, 0o644);
    mkdirSync(`${path}/vm-down`);
    expect(runner.find("vm-down").refused).toEqual([
      `Cannot run ${path}/vm-down: it is no file`,
      `Cannot run ${path}/all: it cannot be executed; run: chmod 755 ${path}/all`,
    ]);
  });
});

describe("run", () => {
  test("gets the text on its standard input; what it prints comes back", async () => {
    const { path, runner } = hooksIn({ all: "cat; echo said >&2" });
    const end = await runner.run(`${path}/all`, "{}\n", 5_000);
    expect(end.why).toBeNull();
    expect(end.output.split("\n").sort()).toEqual(["", "said", "{}"]);
  });

  test("one that hangs is killed with all that it began; one that fails says how", async () => {
    const { path, runner } = hooksIn({ hangs: "sleep 60 & sleep 60", fails: "exit 3", dies: "kill -9 $$" });
    const begunMs = performance.now();
    expect((await runner.run(`${path}/hangs`, "", 300)).why).toBe(
      "it did not end within 0.3 s, and was killed",
    );
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    expect((await runner.run(`${path}/fails`, "", 5_000)).why).toBe("exit status 3");
    expect((await runner.run(`${path}/dies`, "", 5_000)).why).toBe("it was ended by SIGKILL");
    expect((await runner.run(`${path}/none`, "", 5_000)).why).toBe("it cannot be started");
  });

  test("an endless output is bounded", async () => {
    const { path, runner } = hooksIn({ all: "exec yes" });
    const { output } = await runner.run(`${path}/all`, "", 1_000);
    expect(output.length).toBeLessThanOrEqual(2_000_000);
  });
});

describe("createChildHooks", () => {
  const event = (name: string, text: string): HookEvent => ({
    ...{ schema: 1, event: name, severity: "error", text, advice: "", target: { kind: "pool" } },
    ...{ alert: true, host: "h1", at: "2026-11-23T09:41:40.000Z" },
  });
  const mask = (text: string) => text.replaceAll("s3cret", "********");

  test("hands over what somebody wants to be told, without passwords, at once", async () => {
    const { path } = hooksIn({ "host-failed": "exit 0" });
    const child = folder.script(
      `child${count}`,
      `cat >${path}/../got.tmp; mv ${path}/../got.tmp ${path}/../got`,
    );
    const hooks = createChildHooks({ folder: path, mask, self: [child], environment });
    const begunMs = performance.now();
    hooks.tell([event("vm-started", "no hook"), event("host-failed", "with s3cret")]);
    expect(performance.now() - begunMs).toBeLessThan(500);
    await until("the child has it", 10_000, () => existsSync(folder.at("got")));
    const got = JSON.parse(await Bun.file(folder.at("got")).text()) as HookEvent[];
    expect(got.map(({ event: name, text }) => [name, text])).toEqual([["host-failed", "with ********"]]);
  });

  test("no folder, no hook for it, no process: nothing is thrown", () => {
    const failing = { mask, self: ["/nonexistent"], environment };
    createChildHooks({ ...failing, folder: "/nonexistent" }).tell([event("a", "a")]);
    createChildHooks({ ...failing, folder: hooksIn({}).path }).tell([event("a", "a")]);
    createChildHooks({ ...failing, folder: hooksIn({ all: "exit 0" }).path }).tell([event("a", "a")]);
  });
});
