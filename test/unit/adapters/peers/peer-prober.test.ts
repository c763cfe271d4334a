import { describe, expect, test } from "bun:test";
import { createPeerProber, type PeerProberOptions } from "../../../../src/adapters/peers/peer-prober.ts";
import type { PostJson } from "../../../../src/adapters/peers/two-ports.ts";
import type { PeerAnswer, ProbeQuestion } from "../../../../src/ports/peers.ts";
import { createTestClock, never, recorded } from "../xapi/fixtures.ts";

const ADDRESS = "10.77.0.12";
const UUID = "6f1b3c52-8c0e-4f7a-9c59-0a2b3c4d5e6f";
const PROBE_MS = 1_500;

interface Peer {
  /** By scheme; null: the connection fails. The uuid is the one that was asked for. */
  readonly alive?: (scheme: string, uuid: string) => Answer;
  readonly ping?: PeerProberOptions["pinger"]["ping"];
  readonly question?: ProbeQuestion;
  readonly pingAfterMs?: number;
}
type Answer =
  | { readonly status: number; readonly text: string; readonly afterMs?: number }
  | "refused"
  | "hang";

const json = (body: unknown, afterMs = 0): Answer => ({ status: 200, text: JSON.stringify(body), afterMs });
const echo = (_: string, uuid: string): Answer => json({ jsonrpc: "2.0", result: uuid, id: 1 });
const page = (name: string): Answer => {
  const { status, body } = recorded("peers", name);
  return { status, text: String(body) };
};
const ALIVE = (scheme: string) => `system.isAlive:<uuid> ${scheme}://${ADDRESS}/jsonrpc`;

function probeWith(peer: Peer) {
  const clock = createTestClock();
  const asked: string[] = [];
  const cut: string[] = [];
  const postJson: PostJson = async (url, body, signal) => {
    const { method, params } = JSON.parse(body);
    const what = `${method.replace(params[0] || " ", "<uuid>")} ${url}`;
    asked.push(what);
    const scheme = url.split(":")[0] ?? "";
    const answer = (peer.alive ?? echo)(scheme, params[0]);
    if (answer === "refused") throw new Error("connection refused");
    const waitMs = answer === "hang" ? 1_000_000 : (answer.afterMs ?? 0);
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (signal.aborted) {
      cut.push(what);
      throw new Error("aborted");
    }
    return answer === "hang" ? { status: 200, text: "" } : answer;
  };
  const prober = createPeerProber({
    pinger: { ping: peer.ping ?? (() => Promise.resolve("answered")) },
    clock,
    postJson,
    probeTimeoutMs: PROBE_MS,
    pingAfterMs: peer.pingAfterMs ?? 0,
    newUuid: () => UUID,
  });
  const startedMs = clock.uptimeMs();
  const run = async (signal: AbortSignal = never()): Promise<PeerAnswer & { tookMs: number }> => {
    const probe = await prober.probe(ADDRESS, peer.question ?? "life", signal);
    return { ...probe, tookMs: clock.uptimeMs() - startedMs };
  };
  return { run, asked, cut, clock };
}

describe("probe: does XAPI answer?", () => {
  test("probe: an echoed uuid over https is an answer, and port 80 is not asked", async () => {
    const { run, asked } = probeWith({});
    expect(await run()).toMatchObject({ icmp: "answered", xapi: "answered" });
    expect(asked).toEqual([ALIVE("https")]);
  });

  test("probe: an error is as good as a result", async () => {
    for (const error of [["HOST_BROKEN"], { code: 1, message: "MESSAGE_METHOD_UNKNOWN", data: ["x"] }]) {
      const { run } = probeWith({ alive: () => json({ jsonrpc: "2.0", error, id: 0 }) });
      expect((await run()).xapi).toBe("answered");
    }
  });

  const silences: readonly [string, () => Answer][] = [
    ["a refused connection", () => "refused"],
    ["HTTP 500 with a web page", () => page("system.isAlive:x")],
    ["a web page with HTTP 200", () => ({ status: 200, text: "<html>welcome</html>" })],
    ["half a JSON text", () => ({ status: 200, text: '{"jsonrpc":"2.0","result":"6f' })],
    ["nothing in the answer", () => ({ status: 200, text: "" })],
    ["JSON that is no JSON-RPC", () => json({ status: "ok" })],
    ["another uuid", () => json({ jsonrpc: "2.0", result: "11111111-8c0e-4f7a-9c59-0a2b3c4d5e6f", id: 1 })],
    ["the answer to another request", () => json({ jsonrpc: "2.0", result: UUID, id: 7 })],
    ["an error without a code", () => json({ jsonrpc: "2.0", error: {}, id: 1 })],
    ["a redirection", () => ({ status: 302, text: JSON.stringify({ jsonrpc: "2.0", result: UUID, id: 1 }) })],
  ];
  for (const [what, alive] of silences) {
    test(`probe: ${what} is silence, on both ports`, async () => {
      const { run, asked } = probeWith({ alive });
      expect(await run()).toMatchObject({ xapi: "silent" });
      expect(asked).toEqual([ALIVE("https"), ALIVE("http")]);
    });
  }

  test("probe: port 80 is asked at once when 443 fails, and after half of the time when it says nothing", async () => {
    const failed = probeWith({
      alive: (scheme, uuid) => (scheme === "https" ? "refused" : echo(scheme, uuid)),
    });
    expect(await failed.run()).toMatchObject({ xapi: "answered", tookMs: 0 });
    const silent = probeWith({
      alive: (scheme, uuid) => (scheme === "https" ? "hang" : echo(scheme, uuid)),
    });
    expect(await silent.run()).toMatchObject({ xapi: "answered", tookMs: PROBE_MS / 2 });
    expect(silent.cut).toEqual([ALIVE("https")]);
  });

  test("probe: a slow answer on 443 counts although 80 was asked meanwhile", async () => {
    const { run } = probeWith({
      alive: (scheme, uuid) =>
        scheme === "https" ? json({ jsonrpc: "2.0", result: uuid, id: 1 }, PROBE_MS - 100) : "refused",
    });
    expect(await run()).toMatchObject({ xapi: "answered", tookMs: PROBE_MS - 100 });
  });

  test("probe: a xapi that hangs is silent when the time is over, and no question is left open", async () => {
    const { run, cut } = probeWith({ alive: () => "hang" });
    expect(await run()).toMatchObject({ icmp: "answered", xapi: "silent", tookMs: PROBE_MS });
    expect(cut.length).toBe(2);
  });
});

test("probe: nobody logs in to a peer, which would be a line of error in its log, or a failed login", async () => {
  const { run, asked } = probeWith({});
  await run();
  expect(asked).toEqual([ALIVE("https")]);
});

describe("probe: ICMP", () => {
  for (const icmp of ["answered", "silent", "unknown"] as const) {
    test(`probe: ${icmp} is passed on beside what XAPI said`, async () => {
      const { run } = probeWith({ ping: () => Promise.resolve(icmp) });
      expect(await run()).toMatchObject({ icmp, xapi: "answered" });
    });
  }

  test("probe: a ping that fails, or never ends, is unknown and does not cost XAPI's answer", async () => {
    const failing = probeWith({ ping: () => Promise.reject(new Error("no ping here")) });
    expect(await failing.run()).toMatchObject({ icmp: "unknown", xapi: "answered" });
    const stuck = probeWith({ ping: () => new Promise(() => undefined) });
    expect(await stuck.run()).toMatchObject({ icmp: "unknown", xapi: "answered", tookMs: 3_000 });
  });
});

describe("probe: ICMP only when XAPI says nothing", () => {
  const pinged = (alive: NonNullable<Peer["alive"]>) => {
    const pings: number[] = [];
    const probed = probeWith({
      alive,
      pingAfterMs: 250,
      ping: () => {
        pings.push(probed.clock.uptimeMs());
        return Promise.resolve("answered");
      },
    });
    const beganMs = probed.clock.uptimeMs();
    return { ...probed, pings: () => pings.map((atMs) => atMs - beganMs) };
  };

  test("probe: a peer whose XAPI answers soon is not pinged", async () => {
    const { run, pings } = pinged((_, uuid) => json({ jsonrpc: "2.0", result: uuid, id: 1 }, 200));
    expect(await run()).toMatchObject({ icmp: "unknown", xapi: "answered", tookMs: 200 });
    expect(pings()).toEqual([]);
  });

  test("probe: one whose XAPI is slow, or hangs, is pinged meanwhile", async () => {
    const slow = pinged((_, uuid) => json({ jsonrpc: "2.0", result: uuid, id: 1 }, 300));
    expect(await slow.run()).toMatchObject({ icmp: "answered", xapi: "answered", tookMs: 300 });
    expect(slow.pings()).toEqual([250]);
    const hangs = pinged(() => "hang");
    expect(await hangs.run()).toMatchObject({ icmp: "answered", xapi: "silent", tookMs: PROBE_MS });
    expect(hangs.pings()).toEqual([250]);
  });

  test("probe: one that refuses is pinged at once", async () => {
    const { run, pings } = pinged(() => "refused");
    expect(await run()).toMatchObject({ icmp: "answered", xapi: "silent", tookMs: 0 });
    expect(pings()).toEqual([0]);
  });
});

describe("probe: abort", () => {
  test("probe: what was learnt by then stands, soon after the abort, and nothing is left open", async () => {
    const controller = new AbortController();
    const { run, cut, clock } = probeWith({ alive: () => "hang", ping: () => new Promise(() => undefined) });
    const probing = run(controller.signal);
    await clock.sleep(1_000);
    controller.abort();
    expect(await probing).toMatchObject({
      icmp: "unknown",
      xapi: "silent",
      tookMs: 1_100,
    });
    expect(cut.length).toBe(2);
  });

  test("probe: ping says what it has found when the time is over", async () => {
    const controller = new AbortController();
    const { run, clock } = probeWith({
      alive: () => "hang",
      ping: (_, signal) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve("silent"), { once: true })),
    });
    const probing = run(controller.signal);
    await clock.sleep(500);
    controller.abort();
    expect(await probing).toMatchObject({ icmp: "silent", xapi: "silent", tookMs: 500 });
  });

  test("probe: with no time at all nothing is asked", async () => {
    const { run, asked } = probeWith({});
    expect(await run(AbortSignal.abort())).toMatchObject({ icmp: "unknown", xapi: "silent" });
    expect(asked).toEqual([]);
  });
});
