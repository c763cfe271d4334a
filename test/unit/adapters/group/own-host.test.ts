import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { createOwnHost, readEcho } from "../../../../src/adapters/group/own-host.ts";
import type { PostJson } from "../../../../src/adapters/peers/two-ports.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("own");
const error = (code: string, id: number) =>
  JSON.stringify({ jsonrpc: "2.0", error: { code: 1, message: code, data: [] }, id });

describe("readEcho", () => {
  const rows: readonly [string, string, ReturnType<typeof readEcho>][] = [
    ["an echo", '{"jsonrpc":"2.0","result":"x","id":1}', "answers"],
    ["an error of a xapi that is not in emergency mode", error("HOST_IS_SLAVE", 1), "answers"],
    ["emergency mode, for it starts", error("HOST_STILL_BOOTING", 0), "answers"],
    ["emergency mode, for its master does not take it", error("HOST_UNKNOWN_TO_MASTER", 0), "lost"],
    ["a page of something else", "<html>", null],
    ["the answer to another question", '{"jsonrpc":"2.0","result":"x","id":7}', null],
  ];
  for (const [title, text, expected] of rows) test(title, () => expect(readEcho(text)).toBe(expected));
});

function host(postJson: PostJson, clock: Clock = createSystemClock()) {
  const paths = {
    poolConf: folder.write("pool.conf", "slave:10.0.0.1\n"),
    initComplete: folder.at("cookie"),
    bootId: folder.write("boot_id", "0000000b-b007-4b00-8b00-b00b00b00b00\n"),
    inventory: folder.write("inventory", "CONTROL_DOMAIN_UUID='d0000000-0000-4000-8000-000000000000'\n"),
    listDomains: folder.at("list_domains"),
    xenopsd: folder.at("xenopsd"),
    heldXapi: folder.at("held-xapi.json"),
    xapiSocket: folder.at("xapi"),
  };
  return createOwnHost({ paths, clock, environment: {}, postJson });
}

const never = () => new AbortController().signal;

describe("createOwnHost", () => {
  test("role, boot and the end of the start are what the files say", async () => {
    const own = host(async () => ({ status: 200, text: "" }));
    expect(await own.role()).toEqual({ kind: "slave", masterAddress: "10.0.0.1" });
    expect(await own.bootId()).toBe("0000000b-b007-4b00-8b00-b00b00b00b00");
    expect(own.isStartComplete()).toBe(false);
    folder.write("cookie", "");
    expect(own.isStartComplete()).toBe(true);
  });

  test("a role that was read long ago is still the one in the file", async () => {
    let nowMs = 0;
    const clock: Clock = { ...createSystemClock(), uptimeMs: () => nowMs };
    const own = host(async () => ({ status: 200, text: "" }), clock);
    const kinds: string[] = [];
    const look = async () => {
      for (let looks = 0; looks < 5; looks++, nowMs += 1_000) kinds.push((await own.role()).kind);
    };
    await look();
    folder.write("pool.conf", "master");
    await look();
    rmSync(folder.at("pool.conf"));
    await look();
    folder.write("pool.conf", "broken");
    await look();
    expect(kinds).toEqual(["slave", "master", "unknown", "broken"].flatMap((kind) => Array(5).fill(kind)));
  });

  test("its xapi is asked over the loopback, without a login", async () => {
    const asked: string[] = [];
    const own = host(async (url, body) => {
      asked.push(`${url} ${JSON.parse(body).method.split(":")[0]}`);
      return { status: 200, text: '{"jsonrpc":"2.0","result":"x","id":1}' };
    });
    expect(await own.askXapi(never())).toBe("answers");
    expect(asked).toEqual(["http://127.0.0.1/jsonrpc system.isAlive"]);
  });

  test("neither port answers: silent; one of them is enough", async () => {
    expect(await host(async () => Promise.reject(new Error("refused"))).askXapi(never())).toBe("silent");
    const only443 = host(async (url) => {
      if (url.startsWith("http:")) throw new Error("refused");
      return { status: 200, text: error("HOST_UNKNOWN_TO_MASTER", 0) };
    });
    expect(await only443.askXapi(never())).toBe("lost");
  });

  test("its xapi is held while the note stands and nothing listens", async () => {
    const own = host(async () => ({ status: 200, text: "" }));
    const [note, socket] = [folder.at("held-xapi.json"), folder.at("xapi")];
    expect(await own.isXapiHeld()).toBe(false);
    folder.write("held-xapi.json", '{"bootId":"0000000b-b007-4b00-8b00-b00b00b00b00","sinceMs":5}');
    expect(await own.isXapiHeld()).toBe(true);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    expect(await own.isXapiHeld()).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await own.isXapiHeld()).toBe(true);
    folder.write("held-xapi.json", '{"bootId":"another","sinceMs":5}');
    expect(await own.isXapiHeld()).toBe(false);
    rmSync(note);
  });
});
