import { describe, expect, test } from "bun:test";
import { createPeerProber, type PeerProberOptions } from "../../../../src/adapters/peers/peer-prober.ts";
import type { PostJson } from "../../../../src/adapters/peers/two-ports.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import type { ProbeQuestion } from "../../../../src/ports/peers.ts";
import { createTestClock, never, recorded } from "../xapi/fixtures.ts";

const ADDRESS = "10.77.0.12";
const UUID = "6f1b3c52-8c0e-4f7a-9c59-0a2b3c4d5e6f";
const PROBE_MS = 1_500;

interface Peer {
  /** By scheme; null: the connection fails. The uuid is the one that was asked for. */
  readonly alive?: (scheme: string, uuid: string) => Answer;
  readonly login?: (scheme: string) => Answer;
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
/** The login without a name, as a slave and as a master have answered it. */
const SLAVE = recorded("peers", "slave starting: login").body;
const MASTER = recorded("peers", "healthy: login empty").body;

const ALIVE = (scheme: string) => `system.isAlive:<uuid> ${scheme}://${ADDRESS}/jsonrpc`;
const LOGIN = (scheme: string) => `session.login_with_password ${scheme}://${ADDRESS}/jsonrpc`;

function probeWith(peer: Peer) {
  const clock = createTestClock();
  const asked: string[] = [];
  const cut: string[] = [];
  const postJson: PostJson = async (url, body, signal) => {
    const { method, params } = JSON.parse(body);
    const what = `${method.replace(params[0] || " ", "<uuid>")} ${url}`;
    asked.push(what);
    const scheme = url.split(":")[0] ?? "";
    const answer = method.startsWith("system.isAlive:")
      ? (peer.alive ?? echo)(scheme, params[0])
      : (peer.login?.(scheme) ?? json(SLAVE));
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
  const run = async (signal: AbortSignal = never()): Promise<PeerProbe & { tookMs: number }> => {
    const probe = await prober.probe(ADDRESS, peer.question ?? "life-and-master", signal);
    return { ...probe, tookMs: clock.uptimeMs() - startedMs };
  };
  return { run, asked, cut, clock };
}

describe("probe: does XAPI answer?", () => {
  test("probe: an echoed uuid over https is an answer, and port 80 is not asked", async () => {
    const { run, asked } = probeWith({ question: "life" });
    expect(await run()).toMatchObject({ icmp: "answered", xapi: "answered" });
    expect(asked).toEqual([ALIVE("https")]);
  });

  test("probe: an error is as good as a result", async () => {
    for (const error of [["HOST_BROKEN"], { code: 1, message: "MESSAGE_METHOD_UNKNOWN", data: ["x"] }]) {
      const { run } = probeWith({ question: "life", alive: () => json({ jsonrpc: "2.0", error, id: 0 }) });
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
      const { run, asked } = probeWith({ question: "life", alive });
      expect(await run()).toMatchObject({ xapi: "silent", follows: { kind: "unknown" } });
      expect(asked).toEqual([ALIVE("https"), ALIVE("http")]);
    });
  }

  test("probe: port 80 is asked at once when 443 fails, and after half of the time when it says nothing", async () => {
    const failed = probeWith({
      question: "life",
      alive: (scheme, uuid) => (scheme === "https" ? "refused" : echo(scheme, uuid)),
    });
    expect(await failed.run()).toMatchObject({ xapi: "answered", tookMs: 0 });
    const silent = probeWith({
      question: "life",
      alive: (scheme, uuid) => (scheme === "https" ? "hang" : echo(scheme, uuid)),
    });
    expect(await silent.run()).toMatchObject({ xapi: "answered", tookMs: PROBE_MS / 2 });
    expect(silent.cut).toEqual([ALIVE("https")]);
  });

  test("probe: a slow answer on 443 counts although 80 was asked meanwhile", async () => {
    const { run } = probeWith({
      question: "life",
      alive: (scheme, uuid) =>
        scheme === "https" ? json({ jsonrpc: "2.0", result: uuid, id: 1 }, PROBE_MS - 100) : "refused",
    });
    expect(await run()).toMatchObject({ xapi: "answered", tookMs: PROBE_MS - 100 });
  });

  test("probe: a xapi that hangs is silent when the time is over, and no question is left open", async () => {
    const { run, cut } = probeWith({ question: "life", alive: () => "hang" });
    expect(await run()).toMatchObject({ icmp: "answered", xapi: "silent", tookMs: PROBE_MS });
    expect(cut.length).toBe(2);
  });
});

describe("probe: whom does the peer follow?", () => {
  test("probe: a slave names its master, as recorded", async () => {
    const { follows } = await probeWith({ login: () => json(SLAVE) }).run();
    expect(follows).toEqual({ kind: "slave-of", address: "10.77.0.11" });
  });

  test("probe: a slave that names its master lives, and is asked nothing else", async () => {
    const { run, asked } = probeWith({ alive: () => "refused" });
    expect(await run()).toMatchObject({ xapi: "answered", follows: { kind: "slave-of" }, tookMs: 0 });
    expect(asked).toEqual([LOGIN("https")]);
  });

  test("probe: whoever does not name a master soon is asked whether it lives, and the name is waited for", async () => {
    const { run, asked } = probeWith({ login: () => json(SLAVE, 150) });
    expect(await run()).toMatchObject({ xapi: "answered", follows: { kind: "slave-of" }, tookMs: 150 });
    expect(asked).toEqual([LOGIN("https"), ALIVE("https")]);
  });

  test("probe: where 443 is closed the name is asked for on port 80", async () => {
    const { run, asked } = probeWith({
      alive: (scheme, uuid) => (scheme === "https" ? "refused" : echo(scheme, uuid)),
      login: (scheme) => (scheme === "https" ? "refused" : json(SLAVE)),
    });
    expect(await run()).toMatchObject({ xapi: "answered", follows: { kind: "slave-of" }, tookMs: 0 });
    expect(asked).toEqual([LOGIN("https"), ALIVE("https"), ALIVE("http"), LOGIN("http")]);
  });

  test("probe: a master refuses the login, as recorded, after the seconds that its PAM needs", async () => {
    const probe = await probeWith({ login: () => json(MASTER, 2_700) }).run();
    expect(probe).toMatchObject({ xapi: "answered", follows: { kind: "is-master" }, tookMs: 2_700 });
  });

  test("probe: silence is unknown and never a master, and XAPI has answered all the same", async () => {
    const probe = await probeWith({ login: () => "hang" }).run();
    expect(probe).toMatchObject({ xapi: "answered", follows: { kind: "unknown" }, tookMs: 3_000 });
  });

  for (const error of [
    ["HOST_HAS_NO_MANAGEMENT_IP"],
    ["HOST_IS_SLAVE", "10.0.0.9"],
    ["INTERNAL_ERROR", "x"],
  ]) {
    test(`probe: ${error[0]} of a host in emergency mode (id 0): it is lost, and follows nobody`, async () => {
      const answer = json({ jsonrpc: "2.0", error, id: 0 });
      expect(await probeWith({ login: () => answer }).run()).toMatchObject({
        xapi: "answered",
        follows: { kind: "lost" },
      });
    });
  }

  const unknowns: readonly [string, Answer][] = [
    ["a start that has not said hello", json({ jsonrpc: "2.0", error: ["HOST_STILL_BOOTING"], id: 0 })],
    [
      "HOST_STILL_BOOTING",
      json({ jsonrpc: "2.0", error: { code: 1, message: "HOST_STILL_BOOTING", data: [] }, id: 1 }),
    ],
    ["HOST_IS_SLAVE without an address", json({ jsonrpc: "2.0", error: ["HOST_IS_SLAVE"], id: 1 })],
    ["a session", json({ jsonrpc: "2.0", result: "OpaqueRef:x", id: 1 })],
    ["a web page", page("system.isAlive:x")],
    ["a broken connection", "refused"],
  ];
  for (const [what, login] of unknowns) {
    test(`probe: ${what} says nothing about whom it follows`, async () => {
      expect(await probeWith({ login: () => login }).run()).toMatchObject({
        xapi: "answered",
        follows: { kind: "unknown" },
      });
    });
  }

  test("probe: is not asked of one that need not be asked, and counts as a failed login there", async () => {
    const spared = probeWith({ question: "life" });
    expect(await spared.run()).toMatchObject({ xapi: "answered", follows: { kind: "unknown" } });
    expect(spared.asked).toEqual([ALIVE("https")]);
  });

  test("probe: a dead host follows nobody", async () => {
    const { run, asked } = probeWith({ alive: () => "refused", login: () => "refused" });
    expect(await run()).toMatchObject({ xapi: "silent", follows: { kind: "unknown" } });
    expect(asked).toEqual([LOGIN("https"), ALIVE("https"), ALIVE("http")]);
  });
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
      question: "life",
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
    const { run, cut, clock } = probeWith({ login: () => "hang", ping: () => new Promise(() => undefined) });
    const probing = run(controller.signal);
    await clock.sleep(1_000);
    controller.abort();
    expect(await probing).toMatchObject({
      icmp: "unknown",
      xapi: "answered",
      follows: { kind: "unknown" },
      tookMs: 1_100,
    });
    expect(cut.length).toBe(1);
  });

  test("probe: ping says what it has found when the time is over", async () => {
    const controller = new AbortController();
    const { run, clock } = probeWith({
      question: "life",
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
