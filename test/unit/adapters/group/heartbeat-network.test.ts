import { afterEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { HeartbeatNetwork } from "../../../../src/adapters/group/heartbeat-network.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { Greeting } from "../../../../src/core/group/greeting.ts";
import type { Heartbeat } from "../../../../src/core/group/message.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import { until } from "../../../compiled/e2e/world/wait.ts";
import { ScratchFolder } from "../scratch.ts";
import { heartbeat, hostOf, POOL } from "./messages.ts";

const folder = new ScratchFolder("network");
const SECRET = folder.write("ptoken", "s".repeat(110), 0o600);
const OTHER_SECRET = folder.write("other", "o".repeat(110), 0o600);
const ADDRESSES = ["127.0.7.1", "127.0.7.2"] as const;
const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const socket = await Bun.udpSocket({ hostname: "0.0.0.0", port: 0 });
  const { port } = socket;
  socket.close();
  return port;
}

interface Given {
  readonly secretPath?: string;
  readonly clock?: Clock;
  readonly release?: () => Promise<void>;
  readonly address?: string;
}

/** The network of host 1 or 2 of a pool of two on the loopback. */
function network(number: 1 | 2, port: number, given: Given = {}) {
  const heard: { readonly message: Heartbeat; readonly address: string }[] = [];
  const made = new HeartbeatNetwork({
    clock: createSystemClock(),
    secretPath: SECRET,
    release: async () => undefined,
    address: ADDRESSES[number - 1] ?? "",
    ...given,
  });
  const other = number === 1 ? 2 : 1;
  const peers = [{ host: hostOf(other), addresses: [ADDRESSES[other - 1] ?? ""] }];
  made.setUp({ self: hostOf(number), pool: POOL, port, peers });
  made.onMessage((message, address) => void heard.push({ message, address }));
  made.tend();
  open.push(made);
  return { made, heard };
}

const sendTo1 = (from: HeartbeatNetwork) => from.send([{ address: ADDRESSES[0], message: heartbeat(2) }]);

async function ready(...networks: readonly HeartbeatNetwork[]) {
  for (const one of networks)
    await until("a socket", 5_000, () => {
      one.tend();
      return one.state().trouble === null;
    });
}

/** Heartbeats are told when the network is tended. */
const untilTended = (what: string, made: HeartbeatNetwork, holds: () => boolean) =>
  until(what, 5_000, () => {
    made.tend();
    return holds();
  });

describe("HeartbeatNetwork", () => {
  test("a message arrives as it was sent, with the address it came from", async () => {
    const port = await freePort();
    const [one, two] = [network(1, port), network(2, port)];
    await ready(one.made, two.made);
    sendTo1(two.made);
    await untilTended("the message", one.made, () => one.heard.length > 0);
    expect(one.heard).toEqual([{ message: heartbeat(2), address: ADDRESSES[1] }]);
    expect(one.made.state()).toEqual({
      refused: { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 },
      trouble: null,
    });
  });

  test("another secret, and anything else, is dropped and counted", async () => {
    const port = await freePort();
    const [one, stranger] = [network(1, port), network(2, port, { secretPath: OTHER_SECRET })];
    await ready(one.made, stranger.made);
    sendTo1(stranger.made);
    const anybody = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
    open.push(anybody);
    anybody.send("hello", port, ADDRESSES[0]);
    await untilTended("two refusals", one.made, () => {
      const { wrongTag, malformed } = one.made.state().refused;
      return wrongTag === 1 && malformed === 1;
    });
    expect(one.heard).toEqual([]);
  });

  test("a host that is not among the peers is refused, and its greeting is told", async () => {
    const port = await freePort();
    const [one, two] = [network(1, port), network(2, port)];
    const greetings: Greeting[] = [];
    one.made.onGreeting((greeting) => void greetings.push(greeting));
    one.made.setUp({
      self: hostOf(1),
      pool: POOL,
      port,
      peers: [{ host: hostOf(3), addresses: ["127.0.7.3"] }],
    });
    await ready(one.made, two.made);
    sendTo1(two.made);
    await until("the greeting", 5_000, () => {
      one.made.tend();
      return greetings.length > 0;
    });
    expect(greetings).toEqual([{ from: hostOf(2), pool: POOL, address: ADDRESSES[1] }]);
    expect(one.heard).toEqual([]);
    expect(one.made.state().refused.unknownHost).toBe(1);
  });

  test("a host that knows no pool is greeted by whoever has its secret, refuses nobody and sends nothing", async () => {
    const port = await freePort();
    const [one, two] = [network(1, port), network(2, port)];
    const stranger = network(2, port, { secretPath: OTHER_SECRET, address: "127.0.7.3" });
    const greetings: Greeting[] = [];
    one.made.onGreeting((greeting) => void greetings.push(greeting));
    one.made.setUp({ self: hostOf(1), pool: null, port, peers: [] });
    await ready(two.made, stranger.made);
    await until("the greeting", 5_000, () => {
      one.made.tend();
      sendTo1(stranger.made);
      sendTo1(two.made);
      one.made.send([
        { address: ADDRESSES[1], message: { ...heartbeat(2), from: hostOf(1), to: hostOf(2) } },
      ]);
      return greetings.length > 1;
    });
    expect(new Set(greetings.map(({ address }) => address))).toEqual(new Set([ADDRESSES[1]]));
    expect(one.made.state().refused.unknownHost).toBe(0);
    expect(two.heard).toEqual([]);
  });

  test("news is told at once, after what came before it", async () => {
    const port = await freePort();
    const [one, two] = [network(1, port), network(2, port)];
    await ready(one.made, two.made);
    const send = (ms: number, isNews: boolean) => {
      const message = heartbeat(2, { number: { ...heartbeat(2).number, ms } });
      two.made.send([{ address: ADDRESSES[0], message }], isNews);
    };
    send(1, false);
    await Bun.sleep(50);
    expect(one.heard).toEqual([]);
    send(2, true);
    await until("the news", 5_000, () => one.heard.length > 0);
    expect(one.heard.map(({ message }) => message.number.ms)).toEqual([1, 2]);
  });

  test("heartbeats are told together, each with the time at which it came", async () => {
    const port = await freePort();
    let nowMs = 1_000;
    const clock: Clock = { ...createSystemClock(), uptimeMs: () => nowMs };
    const [one, two] = [network(1, port, { clock }), network(2, port)];
    const told: (number | undefined)[] = [];
    one.made.onMessage((_message, _address, atMs) => void told.push(atMs));
    await ready(one.made, two.made);
    for (const atMs of [1_300, 1_600]) {
      nowMs = atMs;
      // The second is the very same bytes once more.
      sendTo1(two.made);
      await Bun.sleep(100);
    }
    expect(told).toEqual([]);
    nowMs = 2_000;
    one.made.tend();
    expect(told).toEqual([1_300, 1_600]);
  });

  test("more heartbeats than a pool can send do not wait", async () => {
    const port = await freePort();
    const [one, two] = [network(1, port), network(2, port)];
    await ready(one.made, two.made);
    for (let sent = 0; sent < 600; sent += 20) {
      two.made.send(Array.from({ length: 20 }, () => ({ address: ADDRESSES[0], message: heartbeat(2) })));
      await Bun.sleep(1);
    }
    await until("the first 512", 5_000, () => one.heard.length >= 512);
  });

  test("a port that is taken is told, and taken as soon as it is free", async () => {
    const port = await freePort();
    const holder = await Bun.udpSocket({ hostname: ADDRESSES[0], port });
    const one = network(1, port);
    await until("the trouble", 5_000, () => one.made.state().trouble?.includes("another program") === true);
    expect(one.made.state().trouble).toBe(`cannot use UDP port ${port} (IPv4): another program has the port`);
    holder.close();
    await ready(one.made);
  });

  test("patience grows: a port that stays taken is tried after 1, 2, 4 … 60 s", async () => {
    const port = await freePort();
    const holder = await Bun.udpSocket({ hostname: ADDRESSES[0], port });
    open.push(holder);
    let nowMs = 0;
    const clock: Clock = { wallMs: () => 0, uptimeMs: () => nowMs, sleep: async () => undefined };
    const tries: number[] = [];
    const release = async () => void tries.push(nowMs / 1_000);
    const { made } = network(1, port, { clock, release });
    for (; nowMs <= 200_000; nowMs += 1_000) {
      made.tend();
      const before = tries.length;
      // A try takes some turns of the event loop; the next second begins after it.
      if (tries.length === before) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(tries.slice(0, 7)).toEqual([0, 1, 3, 7, 15, 31, 63]);
    expect(tries.slice(7)).toEqual([123, 183]);
  });

  test("a host that is not there costs the others nothing: the next datagram arrives", async () => {
    const port = await freePort();
    const [one, two] = [network(1, port), network(2, port)];
    await ready(one.made, two.made);
    // Nobody listens there: the answer of the kernel comes back to the next who sends.
    const nobody = heartbeat(2);
    for (let times = 0; times < 20; times++) {
      two.made.send([
        { address: "127.0.7.99", message: nobody },
        { address: "no address", message: nobody },
        { address: ADDRESSES[0], message: heartbeat(2) },
      ]);
    }
    await untilTended("all twenty", one.made, () => one.heard.length === 20);
    expect(two.made.state().trouble).toBeNull();
  });

  test("without a secret there is no socket, and the reason is told", () => {
    const { made } = network(1, 9, { secretPath: folder.at("none") });
    expect(made.state().trouble).toContain("cannot read the pool secret");
    sendTo1(made);
  });

  test("a pool of one host needs nothing", () => {
    const { made } = network(1, 9, { secretPath: folder.at("none") });
    made.setUp({ self: hostOf(1), pool: POOL, port: 9, peers: [] });
    made.tend();
    expect(made.state().trouble).toBeNull();
  });

  test("another port is another socket", async () => {
    const [first, second] = [await freePort(), await freePort()];
    const [one, two] = [network(1, first), network(2, second)];
    await ready(one.made, two.made);
    one.made.setUp({
      self: hostOf(1),
      pool: POOL,
      port: second,
      peers: [{ host: hostOf(2), addresses: [ADDRESSES[1]] }],
    });
    one.made.tend();
    await ready(one.made);
    sendTo1(two.made);
    await untilTended("the message", one.made, () => one.heard.length > 0);
  });

  test("IPv4 and IPv6 share the port; where there is no IPv6, that is the trouble", async () => {
    const port = await freePort();
    const clock = createSystemClock();
    const made = new HeartbeatNetwork({ clock, secretPath: SECRET, release: async () => undefined });
    open.push(made);
    const heard: string[] = [];
    made.onMessage((_message, address) => void heard.push(address));
    const peers = [{ host: hostOf(2), addresses: ["127.0.7.1", "::1"] }];
    made.setUp({ self: hostOf(1), pool: POOL, port, peers });
    const hasIpv6 = existsSync("/proc/sys/net/ipv6") && (await canBind("::1"));
    if (!hasIpv6) {
      await until("the trouble", 5_000, () => {
        made.tend();
        return made.state().trouble?.includes("(IPv6)") === true;
      });
      return;
    }
    await ready(made);
    made.send([
      { address: "::1", message: heartbeat(2) },
      { address: "127.0.7.1", message: heartbeat(2) },
    ]);
    await untilTended("both", made, () => heard.length === 2);
    expect(heard.sort()).toEqual(["127.0.0.1", "::1"]);
  });
});

async function canBind(hostname: string): Promise<boolean> {
  try {
    (await Bun.udpSocket({ hostname, port: 0 })).close();
    return true;
  } catch {
    return false;
  }
}
