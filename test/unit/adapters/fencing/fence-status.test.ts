import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { createScriptFencer } from "../../../../src/adapters/fencing/fencer-script.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { FenceRequest } from "../../../../src/ports/fencer.ts";
import { never, timed, until, useScratch } from "../scratch.ts";

const scratch = useScratch("fence-status");
const HOST = hostUuid("2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f");
const DECLARES = "# actions: start stop reset status\n";
const lines: string[] = [];
const fencer = createScriptFencer({
  clock: createSystemClock(),
  logger: { log: (severity, from, text) => void lines.push(`${severity} ${from} ${text}`) },
  locks: scratch.path("locks"),
  environment: { PATH: process.env["PATH"] ?? "" },
  builtIn: new Set(["POOL"]),
  self: ["/nowhere/ha-lizard"],
});

let agents = 0;
function requestFor(body: string, timeoutMs = 4_000): FenceRequest {
  const method = `STATUS_${++agents}`;
  scratch.script(`fence/${method}/${method}.sh`, body);
  const device = { password: "s3cret of the bmc", user: "", address: "" };
  return { host: HOST, method, action: "stop", agents: scratch.path("fence"), timeoutMs, device };
}
const status = (body: string, timeoutMs?: number) => fencer.status(requestFor(body, timeoutMs), never());

describe("status", () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ["echo on", { kind: "on" }],
    ["echo off", { kind: "off" }],
    ["echo some words; echo off", { kind: "off" }],
    ["echo On", { kind: "unknown", why: "On" }],
    ["echo off; exit 1", { kind: "unknown", why: "off" }],
    ["echo the BMC is silent >&2; exit 1", { kind: "unknown", why: "the BMC is silent" }],
    ["exit 3", { kind: "unknown", why: "exit status 3" }],
    ["echo wrong password s3cret of the bmc; exit 1", { kind: "unknown", why: "wrong password ********" }],
    ["kill -9 $$", { kind: "unknown", why: "ended by SIGKILL" }],
  ];
  test.each(rows)("%s: %j", async (body, expected) => {
    expect(await status(`${DECLARES}${body}`)).toEqual(expected as never);
  });

  test("an agent that does not say that it knows the question is not started: it might switch the host off", async () => {
    const ran = scratch.path("ran");
    const state = await status(`touch '${ran}'; echo off`);
    expect(state).toMatchObject({ kind: "not-asked", why: expect.stringContaining("# actions:") });
    expect(existsSync(ran)).toBe(false);
  });

  test("POOL has no device; a method without an agent says so", async () => {
    const request = { ...requestFor("true"), method: "POOL" };
    expect(await fencer.status(request, never())).toEqual({
      kind: "not-asked",
      why: "POOL switches nothing off",
    });
    const missing = await fencer.status({ ...request, method: "NOSUCH" }, never());
    expect(missing).toMatchObject({ kind: "unknown", why: expect.stringContaining("there is no") });
  });

  test("an agent that hangs is ended in time", async () => {
    const { value, ms } = await timed(status(`${DECLARES}trap '' TERM; while :; do sleep 1; done`, 300));
    expect(value).toEqual({ kind: "unknown", why: "no answer within 0.3 s" });
    expect(ms).toBeLessThan(5_000);
  });

  test("a question that is under way does not keep a fence from its work", async () => {
    const asked = scratch.path("asked");
    const go = scratch.path("go");
    const asking = status(
      `${DECLARES}touch '${asked}'; while [ ! -e '${go}' ]; do sleep 0.05; done; echo on`,
    );
    await until(() => existsSync(asked));
    expect(await fencer.fence(requestFor("exit 0"), never())).toEqual({ kind: "fenced" });
    scratch.script("go", "");
    expect(await asking).toEqual({ kind: "on" });
  });

  test("what is asked every day is no news for the log", () => {
    expect(lines.filter((line) => line.includes("STATUS_1:"))).toEqual([]);
  });
});
