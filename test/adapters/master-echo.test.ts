import { expect, test } from "bun:test";
import { answersHttp } from "../../src/adapters/master-echo.ts";
import type { PostJson } from "../../src/adapters/peer-prober.ts";
import { never } from "./scratch.ts";

/** What was asked, where these schemes answer. */
async function ask(address: string, answering: readonly string[], signal = never()) {
  const asked: string[] = [];
  const post: PostJson = async (url, body) => {
    asked.push(url);
    expect(JSON.parse(body).method).toMatch(/^system\.isAlive:[0-9a-f-]{36}$/);
    if (answering.some((scheme) => url.startsWith(`${scheme}:`))) return { status: 500, text: "whatever" };
    throw new Error("refused");
  };
  return { heard: await answersHttp(post, address, signal), asked };
}

test("answersHttp: any answer on port 80 will do", async () => {
  expect(await ask("10.77.0.11", ["http"])).toEqual({ heard: true, asked: ["http://10.77.0.11/jsonrpc"] });
});

test("answersHttp: 443 where 80 is closed; silence when both are", async () => {
  const asked = ["http://[2001:db8::7]/jsonrpc", "https://[2001:db8::7]/jsonrpc"];
  expect(await ask("2001:db8::7", ["https"])).toEqual({ heard: true, asked });
  expect(await ask("2001:db8::7", [])).toEqual({ heard: false, asked });
});

test("answersHttp: when the time is over, 443 is not asked any more", async () => {
  expect((await ask("10.77.0.11", [], AbortSignal.abort())).asked.length).toBe(1);
});
