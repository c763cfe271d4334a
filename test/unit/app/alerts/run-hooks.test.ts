import { expect, test } from "bun:test";
import { runHooks } from "../../../../src/app/alerts/run-hooks.ts";
import type { HookEvent } from "../../../../src/core/alerts/hook-event.ts";
import type { HookEnd } from "../../../../src/ports/hooks.ts";

const event = (name: string): HookEvent => ({
  ...{ schema: 1, event: name, severity: "error", text: `${name}.`, advice: "", target: { kind: "pool" } },
  ...{ alert: true, host: "h1", at: "2026-11-23T09:41:40.000Z" },
});

interface World {
  readonly end?: HookEnd;
  /** What a hook takes, in milliseconds. */
  readonly tookMs?: number;
  readonly refused?: readonly string[];
}

async function play(events: readonly HookEvent[], { end, tookMs = 0, refused = [] }: World = {}) {
  let nowMs = 0;
  const ran: string[] = [];
  const logged: string[] = [];
  await runHooks(events, {
    clock: { uptimeMs: () => nowMs, wallMs: () => nowMs, sleep: async () => undefined },
    logger: { log: (severity, _from, text) => logged.push(`${severity} ${text}`) },
    mask: (text) => text.replaceAll("s3cret", "********"),
    hooks: {
      find: (name) => ({ paths: [`/hooks/${name}`, "/hooks/all"], refused }),
      run: async (path, input, timeoutMs) => {
        expect(timeoutMs).toBe(30_000);
        ran.push(`${path} ${JSON.parse(input).event}`);
        nowMs += tookMs;
        return end ?? { why: null, output: "" };
      },
    },
  });
  return { ran, logged };
}

test("runHooks: each event in its order, first the hook of its name, then the one for all", async () => {
  expect(await play([event("host-failed"), event("vm-started")])).toEqual({
    ran: [
      "/hooks/host-failed host-failed",
      "/hooks/all host-failed",
      "/hooks/vm-started vm-started",
      "/hooks/all vm-started",
    ],
    logged: [],
  });
});

test("runHooks: what a hook prints is logged, bounded, without a password, also where one is cut", async () => {
  const long = `${"x".repeat(297)}s3cret`;
  const output = ["one s3cret", "", long, ...Array.from({ length: 50 }, (_, at) => `line ${at}`)].join("\n");
  const { logged } = await play([event("host-failed")], { end: { why: null, output } });
  expect(logged.length).toBe(40);
  expect(logged[0]).toBe("info /hooks/host-failed: one ********");
  expect(logged[1]).toEndWith("x***");
  expect(logged.join()).not.toContain("s3c");
});

test("runHooks: a hook that fails is said, and the others go on", async () => {
  const { ran, logged } = await play([event("host-failed")], { end: { why: "exit status 3", output: "" } });
  expect(ran.length).toBe(2);
  expect(logged[0]).toBe("warning The hook /hooks/host-failed has failed for host-failed: exit status 3.");
});

test("runHooks: one that may not be run is said once", async () => {
  const refused = ["Cannot use /hooks/all: others may write it; run: chmod go-w /hooks/all"];
  const { logged } = await play([event("a"), event("b")], { refused });
  expect(logged).toEqual([`warning ${refused[0]}.`]);
});

test("runHooks: after five minutes the rest is dropped, and that is said", async () => {
  const events = Array.from({ length: 20 }, (_, at) => event(`e-${"x".repeat(at)}`));
  const { ran, logged } = await play(events, { tookMs: 30_000 });
  expect(ran.length).toBe(10);
  expect(logged).toEqual([
    expect.stringMatching(/^warning Hooks are too slow: 15 events were not told, e-x+ first\.$/),
  ]);
});
