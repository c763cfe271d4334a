import { HeartbeatNetwork } from "../../../src/adapters/group/heartbeat-network.ts";
import { createSystemClock } from "../../../src/adapters/processes/clock-system.ts";
import type { MessageNumber } from "../../../src/core/group/message.ts";
import { NO_VOTE } from "../../../src/core/group/vote-words.ts";
import type { OwnState } from "../../../src/core/model/hearing.ts";
import { hostUuid, poolUuid } from "../../../src/core/model/ids.ts";
import { hostDefaults, POOL_UUID, secondAddressOf } from "../../../src/simulation/spec.ts";

/**
 * The monitors of hosts 2 to n, as host 1 sees them: `peers.ts <n> <file of the secret>`. Each sends a heartbeat a second
 * over both networks, with all others in it as heard, and says that it runs nothing when it is asked. Says `ready` when
 * all sockets are open.
 */

const PORT = 694;
const SECOND_MS = 1_000;

const [count, secretPath = ""] = [Number(process.argv[2]), process.argv[3]];
const clock = createSystemClock();
const numbers = Array.from({ length: count }, (_, index) => index + 1);
const uuidOf = (number: number) => hostUuid(hostDefaults(number).uuid);
const bootOf = (number: number) => `b007${String(number).padStart(4, "0")}-0000-4000-8000-000000000000`;
const master = uuidOf(1);
const OWN: OwnState = {
  ...{ role: "slave", master, xapi: "serving", startComplete: true },
  ...{ enabled: true, haWished: true, leaving: false, changes: null, office: null },
};

const NETWORKS = [(number: number) => hostDefaults(number).address, secondAddressOf];

class Peer {
  private readonly number: number;
  private answers: MessageNumber | null = null;
  private readonly networks: readonly (readonly [HeartbeatNetwork, string])[];

  constructor(number: number) {
    this.number = number;
    this.networks = NETWORKS.map((addressOf) => [this.open(addressOf(number), addressOf(1)), addressOf(1)]);
  }

  private open(address: string, master1: string): HeartbeatNetwork {
    const network = new HeartbeatNetwork({ clock, secretPath, release: async () => undefined, address });
    const others = numbers.filter((one) => one !== this.number);
    network.setUp({
      self: uuidOf(this.number),
      pool: poolUuid(POOL_UUID),
      port: PORT,
      peers: others.map((one) => ({ host: uuidOf(one), addresses: one === 1 ? [master1] : [] })),
    });
    network.onMessage(({ number }) => {
      this.answers = number;
    });
    network.onQuestion(({ from, to, id }, answer) =>
      answer({ from: to, to: from, id, number: this.now(), own: OWN, runs: [] }),
    );
    return network;
  }

  private now(): MessageNumber {
    return { bootId: bootOf(this.number), ms: clock.uptimeMs() };
  }

  isReady(): boolean {
    return this.networks.every(([network]) => {
      network.tend();
      return network.state().trouble === null;
    });
  }

  beat(): void {
    for (const [network] of this.networks) network.tend();
    const others = numbers.filter((one) => one !== this.number);
    const heard = others.map((one) => ({
      host: uuidOf(one),
      ageMs: (one * 61) % SECOND_MS,
      numberMs: one * 1_000,
      bootTag: one,
      agreedMs: null,
    }));
    const message = {
      from: uuidOf(this.number),
      to: master,
      number: this.now(),
      answers: this.answers,
      own: OWN,
      vote: NO_VOTE,
      heard,
      acks: [],
    };
    for (const [network, address] of this.networks) network.send([{ address, message }]);
  }
}

const peers = numbers.slice(1).map((number) => new Peer(number));
// All of them: each tends all of its sockets.
while (peers.filter((peer) => peer.isReady()).length < peers.length) await Bun.sleep(50);
console.log("ready");
// Also when there is no other host: the cable is laid to the network of this process, which would be gone with it.
setInterval(() => undefined, SECOND_MS);
for (const [index, peer] of peers.entries())
  setTimeout(() => setInterval(() => peer.beat(), SECOND_MS), (index * SECOND_MS) / peers.length);
