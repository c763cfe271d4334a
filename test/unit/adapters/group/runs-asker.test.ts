import { afterEach, describe, expect, test } from "bun:test";
import { HeartbeatNetwork } from "../../../../src/adapters/group/heartbeat-network.ts";
import { createRunsAsker, viaInTry } from "../../../../src/adapters/group/runs-asker.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { RunsQuestion } from "../../../../src/core/group/message.ts";
import { type VmUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import type { RunsRequest } from "../../../../src/ports/group.ts";
import { until } from "../../../compiled/e2e/world/wait.ts";
import { ScratchFolder } from "../scratch.ts";
import { bootOf, hostOf, OWN, POOL } from "./messages.ts";

const folder = new ScratchFolder("runs-asker");
const SECRET = folder.write("ptoken", "s".repeat(110), 0o600);
const OTHER_SECRET = folder.write("other", "o".repeat(110), 0o600);
const addressOf = (host: number) => `127.0.8.${host}`;
const clock = createSystemClock();
const open: HeartbeatNetwork[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function freePort(): Promise<number> {
  const socket = await Bun.udpSocket({ hostname: "0.0.0.0", port: 0 });
  const { port } = socket;
  socket.close();
  return port;
}

/** The monitor of a host, which says of each question what `runs` says; null: nothing. */
async function monitor(
  host: number,
  port: number,
  runs: (question: RunsQuestion) => readonly VmUuid[] | "unknown" | null,
  { secretPath = SECRET, hears = [1] }: { secretPath?: string; hears?: readonly number[] } = {},
): Promise<HeartbeatNetwork> {
  const network = new HeartbeatNetwork({
    clock,
    secretPath,
    release: async () => undefined,
    address: addressOf(host),
  });
  open.push(network);
  network.setUp({
    self: hostOf(host),
    pool: POOL,
    port,
    peers: hears.map((peer) => ({ host: hostOf(peer), addresses: [addressOf(peer)] })),
  });
  network.onQuestion((question, answer) => {
    const said = runs(question);
    const number = { bootId: bootOf(host), ms: 1_000 - question.vms.length };
    if (said !== null)
      answer({ from: hostOf(host), to: hostOf(1), number, id: question.id, own: OWN, runs: said });
  });
  await until("a socket", 5_000, () => {
    network.tend();
    return network.state().trouble === null;
  });
  return network;
}

/** When they had listed their domains, and in which boot, as the last question was answered. */
let times: readonly (readonly [number | null, string | null])[] = [];

const vmOf = (index: number) => vmUuid(`f0000000-0000-4000-8000-${String(index).padStart(12, "0")}`);

/** `cut`: at the addresses of these nobody is. */
async function ask(port: number, hosts: readonly number[], count: number, cut: readonly number[] = []) {
  const group = { self: hostOf(1), pool: POOL, port, peers: [] };
  const request: RunsRequest = {
    group,
    bootId: bootOf(1),
    hosts: hosts.map((host) => ({
      host: hostOf(host),
      addresses: [addressOf(cut.includes(host) ? 100 + host : host)],
    })),
    vms: Array.from({ length: count }, (_, index) => vmOf(index)),
  };
  const asker = createRunsAsker({ clock, secretPath: SECRET, address: addressOf(1) });
  const answers = await asker.ask(request, new AbortController().signal);
  expect([...answers.values()].filter(({ atMs, bootId }) => atMs === null || bootId === null)).toEqual([]);
  times = [...answers.values()].map(({ atMs, bootId }) => [atMs, bootId]);
  return Object.fromEntries([...answers].map(([host, { runs }]) => [host, runs]));
}

describe("createRunsAsker", () => {
  test("every host answers, and it ends at once", async () => {
    const port = await freePort();
    await monitor(2, port, ({ vms }) => vms.slice(0, 1));
    await monitor(3, port, () => "unknown");
    const began = performance.now();
    expect(await ask(port, [2, 3], 2)).toEqual({ [hostOf(2)]: [vmOf(0)], [hostOf(3)]: "unknown" });
    expect(performance.now() - began).toBeLessThan(190);
  });

  test("a hundred VMs are three questions, and one answer when all of them are there", async () => {
    const port = await freePort();
    const asked: number[] = [];
    await monitor(2, port, ({ vms }) => {
      asked.push(vms.length);
      return vms.filter((vm) => vm === vmOf(99) || vm === vmOf(0));
    });
    expect(await ask(port, [2], 100)).toEqual({ [hostOf(2)]: [vmOf(0), vmOf(99)] });
    expect(asked).toEqual([40, 40, 20]);
    // By the oldest part.
    expect(times).toEqual([[960, bootOf(2)]]);
  });

  test("a lost datagram is asked again; whoever does not answer within a second is no no", async () => {
    const port = await freePort();
    let tries = 0;
    await monitor(2, port, () => (++tries < 3 ? null : []));
    await monitor(3, port, () => null);
    const began = performance.now();
    expect(await ask(port, [2, 3], 1)).toEqual({ [hostOf(2)]: [] });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("just after a rotation: the answer is signed as the question is", async () => {
    const port = await freePort();
    const rotated = folder.write("rotated", "o".repeat(110), 0o600);
    const network = await monitor(2, port, () => [], { secretPath: rotated });
    folder.write("rotated", "s".repeat(110), 0o600);
    network.tend();
    expect(await ask(port, [2], 1)).toEqual({ [hostOf(2)]: [] });
  });

  test("half of the answers are none", async () => {
    const port = await freePort();
    await monitor(2, port, ({ vms }) => (vms.length === 40 ? [] : null));
    expect(await ask(port, [2], 50)).toEqual({});
  });

  test("who has another secret, and who tells of VMs that were not asked for, says nothing", async () => {
    const port = await freePort();
    await monitor(2, port, () => [], { secretPath: OTHER_SECRET });
    await monitor(3, port, () => [vmOf(77)]);
    expect(await ask(port, [2, 3], 1)).toEqual({});
  });

  test("a host to which the link is cut answers by way of one that hears both", async () => {
    const port = await freePort();
    let asked = 0;
    await monitor(2, port, () => [], { hears: [1, 3] });
    await monitor(3, port, ({ vms }) => (++asked > 0 ? vms.slice(0, 1) : null), { hears: [1, 2] });
    const answers = { [hostOf(2)]: [], [hostOf(3)]: [vmOf(0), vmOf(40)] };
    expect(await ask(port, [2, 3], 50, [3])).toEqual(answers);
    expect(asked).toBe(2);
  });

  test("who does not know that host passes nothing on", async () => {
    const port = await freePort();
    const network = await monitor(2, port, () => [], { hears: [1] });
    await monitor(3, port, () => [], { hears: [1, 2] });
    expect(await ask(port, [2, 3], 1, [3])).toEqual({ [hostOf(2)]: [] });
    expect(network.state().refused.unknownHost).toBeGreaterThan(0);
  });
});

describe("viaInTry", () => {
  const rows: readonly [string, readonly number[], number, readonly number[]][] = [
    ["the first try goes to its addressee alone", [1, 2, 3], 0, []],
    ["the second by way of two others", [1, 2, 3], 1, [1, 2]],
    ["the next by way of others", [1, 2, 3, 4], 2, [3, 4]],
    ["in turn", [1, 2, 3], 2, [3, 1]],
    ["by way of one, where only one has answered", [1], 3, [1]],
    ["by way of nobody", [], 1, []],
  ];
  for (const [title, answered, tries, expected] of rows)
    test(title, () => expect(viaInTry(answered, tries)).toEqual(expected));
});
