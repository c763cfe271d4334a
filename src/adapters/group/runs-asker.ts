import { MOST_ASKED } from "../../core/group/limits.ts";
import type { RunsAnswer, RunsQuestion } from "../../core/group/message.ts";
import type { HostRuns } from "../../core/model/hearing.ts";
import type { HostUuid, VmUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RunsAsker, RunsRequest } from "../../ports/group.ts";
import { openDatagram } from "./envelope.ts";
import { PoolKeys } from "./pool-keys.ts";
import { encodeQuestion, readAnswer } from "./runs-codec.ts";
import { type Family, familyOf, UdpSocket } from "./udp-socket.ts";

export interface RunsAskerOptions {
  readonly clock: Clock;
  /** The file of the pool secret. */
  readonly secretPath: string;
  /** Of this host, where several share a machine; absent: any that it has. */
  readonly address?: string;
}

/** A datagram may be lost; whoever has answered is not asked again. */
export const AGAIN_MS = 200;
export const TRIES = 5;
const MOST_VIA = 2;

/**
 * Which of those that have answered are asked to pass a question on to one that has not, for the link to it may be cut: two with each try
 * after the first, in turn, because not all of them may reach it.
 */
export function viaInTry<Host>(answered: readonly Host[], tries: number): readonly Host[] {
  const first = (tries - 1) * MOST_VIA;
  const count = Math.min(MOST_VIA, answered.length);
  const at = (index: number) => answered[(first + index) % answered.length];
  return tries === 0
    ? []
    : Array.from({ length: count }, (_, index) => at(index)).flatMap((one) => one ?? []);
}

/** Asks over UDP, from a port of its own, so that an iteration or a hook needs nobody between it and the other hosts. */
export function createRunsAsker(options: RunsAskerOptions): RunsAsker {
  return {
    async ask(request, signal) {
      const keys = new PoolKeys(options.secretPath);
      keys.refresh(options.clock.uptimeMs());
      const key = keys.current();
      if (key === null || request.hosts.length === 0 || request.vms.length === 0) return new Map();
      const round = new Round(request, key, options);
      try {
        await round.run(signal);
      } finally {
        round.close();
      }
      return round.answers();
    },
  };
}

/** One question to several hosts, in as many parts as its VMs need. */
class Round {
  private readonly request: RunsRequest;
  private readonly key: Buffer;
  private readonly clock: Clock;
  private readonly parts: readonly (readonly VmUuid[])[];
  /** That of the first part; the others follow it. */
  private readonly firstId = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  private readonly sockets: ReadonlyMap<Family, UdpSocket>;
  private readonly said = new Map<HostUuid, Map<number, RunsAnswer>>();
  private complete: () => void = () => undefined;

  constructor(request: RunsRequest, key: Buffer, { clock, address }: RunsAskerOptions) {
    this.request = request;
    this.key = key;
    this.clock = clock;
    const count = Math.ceil(request.vms.length / MOST_ASKED);
    this.parts = Array.from({ length: count }, (_, part) =>
      request.vms.slice(part * MOST_ASKED, (part + 1) * MOST_ASKED),
    );
    const families = new Set(request.hosts.flatMap(({ addresses }) => addresses.map(familyOf)));
    this.sockets = new Map(
      [...families].map((family): [Family, UdpSocket] => [
        family,
        new UdpSocket({
          family,
          port: 0,
          clock,
          release: async () => undefined,
          receive: (bytes) => this.receive(bytes),
          ...(address === undefined ? {} : { address }),
        }),
      ]),
    );
  }

  async run(signal: AbortSignal): Promise<void> {
    const all = new AbortController();
    this.complete = () => all.abort();
    signal.addEventListener("abort", this.complete, { once: true });
    await Promise.all([...this.sockets.values()].map((socket) => socket.tend()));
    for (let tries = 0; tries < TRIES && !all.signal.aborted && !signal.aborted; tries++) {
      this.send(tries);
      await this.clock.sleep(AGAIN_MS, all.signal);
    }
    signal.removeEventListener("abort", this.complete);
  }

  /** Of those who have answered every part. */
  answers(): ReadonlyMap<HostUuid, HostRuns> {
    const whole = [...this.said].filter(([, parts]) => parts.size === this.parts.length);
    return new Map(
      whole.map(([host, parts]): [HostUuid, HostRuns] => {
        const all = [...parts.values()];
        const runs = all.some((answer) => answer.runs === "unknown")
          ? ("unknown" as const)
          : all.flatMap((answer) => answer.runs as readonly VmUuid[]);
        const [last] = all.slice(-1) as [RunsAnswer];
        // One that was let go between two parts is not held any more.
        const { own } = all.find((answer) => answer.own.xapi !== "held") ?? last;
        return [host, { own, runs, ...whenSaid(all) }];
      }),
    );
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.close();
  }

  private send(tries: number): void {
    const { group, bootId, hosts } = this.request;
    const number = { bootId, ms: this.clock.uptimeMs() };
    for (const { host, addresses } of hosts) {
      for (const [part, vms] of this.parts.entries()) {
        const id = this.idOf(part);
        if (this.said.get(host)?.has(id) === true) continue;
        const question: RunsQuestion = { from: group.self, to: host, number, id, vms };
        const bytes = encodeQuestion(question, group.pool, this.key);
        if (bytes === null) continue;
        for (const address of [...addresses, ...this.waysVia(id, tries)])
          this.sockets.get(familyOf(address))?.send(bytes, group.port, address);
      }
    }
  }

  /** Where some of those are that have answered this part. */
  private waysVia(id: number, tries: number): readonly string[] {
    const answered = this.request.hosts.filter(({ host }) => this.said.get(host)?.has(id));
    return viaInTry(answered, tries).flatMap(({ addresses }) => addresses);
  }

  private idOf(part: number): number {
    return (this.firstId + part) % 2 ** 32;
  }

  private receive(bytes: Buffer): void {
    const { group, hosts } = this.request;
    const context = { pool: group.pool, self: group.self, hosts: hosts.map(({ host }) => host) };
    const opened = openDatagram(bytes, context, [this.key]);
    const answer = opened.ok && opened.kind === "answer" ? readAnswer(opened.head, opened.content) : null;
    if (answer === null) return;
    const part = (answer.id - this.firstId + 2 ** 32) % 2 ** 32;
    const asked = this.parts[part];
    if (asked === undefined) return;
    // Whoever answers more than was asked has answered something else.
    if (answer.runs !== "unknown" && !answer.runs.every((vm) => asked.includes(vm))) return;
    const parts = this.said.get(answer.from) ?? new Map<number, RunsAnswer>();
    if (!parts.has(answer.id)) parts.set(answer.id, answer);
    this.said.set(answer.from, parts);
    const done = [...this.said.values()].filter(({ size }) => size === this.parts.length);
    if (done.length === hosts.length) this.complete();
  }
}

/** By the oldest part; parts of two boots are no one list. */
function whenSaid(parts: readonly RunsAnswer[]): Pick<HostRuns, "atMs" | "bootId"> {
  const boots = new Set(parts.map(({ number }) => number.bootId));
  const [bootId] = boots;
  if (bootId === undefined || boots.size > 1) return { atMs: null, bootId: null };
  return { atMs: Math.min(...parts.map(({ number }) => number.ms)), bootId };
}
