import type { CliPorts } from "../../../src/cli/cli-ports.ts";
import type { MailJob } from "../../../src/core/alerts/mail/compose-mail.ts";
import type { XapiResult } from "../../../src/core/model/pool-view.ts";
import type { DaemonName, DaemonState } from "../../../src/ports/daemons.ts";
import type { MailResult } from "../../../src/ports/notices.ts";
import type { PeerAnswer } from "../../../src/ports/peers.ts";
import type { LocalDisk } from "../../../src/ports/pool-survey.ts";
import type { TcpAnswer } from "../../../src/ports/tcp-probe.ts";

/** What lies around the pool database in a test: other hosts, addresses, daemons, storage, clocks. */
export interface Surroundings {
  probe: (address: string) => PeerAnswer;
  ping: (address: string) => "answered" | "silent" | "unknown";
  daemon: (name: DaemonName) => DaemonState;
  tcp: (host: string, port: number) => TcpAnswer;
  /** What the mail server makes of a mail. */
  mail: (job: MailJob) => MailResult;
  localDisks: XapiResult<readonly LocalDisk[]>;
  /** Milliseconds since the epoch, by uuid. */
  hostClock: (host: string) => XapiResult<number>;
}

const ANSWERS: PeerAnswer = { icmp: "answered", xapi: "answered" };

/** Everything answers, nothing is amiss. */
export function quietSurroundings(): Surroundings {
  return {
    probe: () => ANSWERS,
    ping: () => "answered",
    daemon: (name) => ({ state: "running", pid: name === "monitor" ? 4321 : 4322, atBoot: true }),
    tcp: () => ({ kind: "open" }),
    mail: ({ to }) => ({ ok: true, taken: to, refused: [], unencrypted: null }),
    localDisks: { ok: true, value: [] },
    hostClock: () => ({ ok: true, value: 0 }),
  };
}

type SurroundingPorts = Pick<
  CliPorts,
  "prober" | "pinger" | "daemons" | "tcp" | "mail" | "openSurvey" | "hearing"
>;

export function fakeSurroundings(world: Surroundings): SurroundingPorts {
  return {
    prober: { probe: async (address) => world.probe(address) },
    hearing: { read: async () => null },
    pinger: { ping: async (address) => world.ping(address) },
    daemons: { look: async (name) => world.daemon(name) },
    tcp: { connect: async ({ host, port }) => world.tcp(host, port) },
    mail: {
      send: async (job, dialogue) => {
        dialogue?.("< 220 mail.example.org");
        return world.mail(job);
      },
    },
    openSurvey: () => ({
      localDisks: async () => world.localDisks,
      hostClock: async (host) => world.hostClock(host),
      close: async () => undefined,
    }),
  };
}
