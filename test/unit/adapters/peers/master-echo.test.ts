import { expect, test } from "bun:test";
import { answersHttp } from "../../../../src/adapters/peers/master-echo.ts";
import type { PostJson } from "../../../../src/adapters/peers/two-ports.ts";
import { never } from "../scratch.ts";
import { createTestClock } from "../xapi/fixtures.ts";

type Port = "answers" | "refuses" | "hangs";

/** What was asked, and what came of it, where the ports do this. */
async function ask(address: string, ports: { http: Port; https: Port }, signal = never()) {
  const clock = createTestClock();
  const asked: string[] = [];
  const postJson: PostJson = async (url, body, inner) => {
    asked.push(url);
    expect(JSON.parse(body).method).toMatch(/^system\.isAlive:[0-9a-f-]{36}$/);
    const port = url.startsWith("https:") ? ports.https : ports.http;
    if (port === "hangs") await clock.sleep(1_000_000, inner);
    if (port !== "answers") throw new Error("no answer");
    return { status: 500, text: "whatever" };
  };
  const beganMs = clock.uptimeMs();
  const heard = await answersHttp({ clock, postJson }, address, signal);
  return { heard, asked, tookMs: clock.uptimeMs() - beganMs };
}

test("answersHttp: any answer on port 80 will do", async () => {
  const asked = ["http://10.77.0.11/jsonrpc"];
  expect(await ask("10.77.0.11", { http: "answers", https: "refuses" })).toEqual({
    heard: true,
    asked,
    tookMs: 0,
  });
});

test("answersHttp: 443 where 80 is closed, or behind a firewall; silence when both are", async () => {
  const asked = ["http://[2001:db8::7]/jsonrpc", "https://[2001:db8::7]/jsonrpc"];
  const closed = await ask("2001:db8::7", { http: "refuses", https: "answers" });
  expect(closed).toEqual({ heard: true, asked, tookMs: 0 });
  const dropped = await ask("2001:db8::7", { http: "hangs", https: "answers" });
  expect(dropped).toEqual({ heard: true, asked, tookMs: 700 });
  const silent = await ask("2001:db8::7", { http: "refuses", https: "refuses" });
  expect(silent).toEqual({ heard: false, asked, tookMs: 0 });
});

test("answersHttp: when the time is over, 443 is not asked any more", async () => {
  const { heard, asked } = await ask("10.77.0.11", { http: "hangs", https: "answers" }, AbortSignal.abort());
  expect([heard, asked.length]).toEqual([false, 1]);
});
