import type { CliPorts } from "../../../src/cli/cli-ports.ts";
import type { MailJob } from "../../../src/core/alerts/mail/compose-mail.ts";
import type { Hearing } from "../../../src/core/model/hearing.ts";
import type { XapiFault, XapiResult } from "../../../src/core/model/pool-view.ts";
import type { DaemonName, DaemonState } from "../../../src/ports/daemons.ts";
import type { FoundHook, Installed, PortGate, Room, WatchdogTools } from "../../../src/ports/host-survey.ts";
import type { MailResult } from "../../../src/ports/notices.ts";
import type { PeerAnswer } from "../../../src/ports/peers.ts";
import type {
  HostFacts,
  HostInterface,
  KnownBmc,
  LocalDisk,
  LocalNetwork,
  StorageFacts,
} from "../../../src/ports/pool-survey.ts";
import type { TcpAnswer } from "../../../src/ports/tcp-probe.ts";
import { HOST, keyOf } from "./fake-xapi.ts";

/** What lies around the pool database in a test: other hosts, addresses, daemons, storage, clocks. */
export interface Surroundings {
  probe: (address: string) => PeerAnswer;
  ping: (address: string) => "answered" | "silent" | "unknown";
  daemon: (name: DaemonName) => DaemonState;
  /** What the monitor of this host publishes. */
  hearing: Hearing | null;
  tcp: (host: string, port: number) => TcpAnswer;
  /** What the mail server makes of a mail. */
  mail: (job: MailJob) => MailResult;
  localDisks: XapiResult<readonly LocalDisk[]>;
  localNetworks: XapiResult<readonly LocalNetwork[]>;
  interfaces: XapiResult<readonly HostInterface[]>;
  hostFacts: XapiResult<readonly HostFacts[]>;
  /** What XAPI knows of BMCs, and the passwords that it keeps of them, by uuid. */
  bmcs: XapiResult<readonly KnownBmc[]>;
  secret: (uuid: string) => XapiResult<string>;
  storages: XapiResult<readonly StorageFacts[]>;
  /** What is wrong with the place of ties, as this host tests it. */
  tieTest: (kind: "ssh" | "sr", place: string, host: string) => string | null;
  /** Why a host could not be set up for a place of ssh. */
  prepareTie: (host: string) => string | null;
  /** Why another host cannot be asked through XAPI; null: it can. */
  otherHost: (host: string) => { readonly ok: false; readonly fault: XapiFault } | null;
  /** The firewall of this host, and who keeps the port of the heartbeats. */
  gate: PortGate;
  keeper: string | null;
  installed: Installed;
  hooks: readonly FoundHook[];
  watchdogTools: WatchdogTools;
  room: readonly Room[];
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
    hearing: null,
    tcp: () => ({ kind: "open" }),
    mail: ({ to }) => ({ ok: true, taken: to, refused: [], unencrypted: null }),
    localDisks: { ok: true, value: [] },
    localNetworks: { ok: true, value: [] },
    interfaces: { ok: true, value: [] },
    hostFacts: { ok: true, value: [] },
    bmcs: { ok: true, value: [] },
    secret: () => ({ ok: false, fault: { kind: "api", code: "UUID_INVALID", params: ["secret"] } }),
    storages: { ok: true, value: [] },
    tieTest: () => null,
    prepareTie: () => null,
    otherHost: () => null,
    gate: { kind: "open" },
    keeper: null,
    installed: { guard: "there", plugin: "there", brokenHooks: [] },
    hooks: [],
    watchdogTools: { program: "/usr/sbin/xenwatchdogd", serviceOn: false },
    room: [{ path: "/etc/ha-lizard/state", freeBytes: 10_000_000_000 }],
    hostClock: () => ({ ok: true, value: 0 }),
  };
}

type SurroundingPorts = Pick<
  CliPorts,
  "prober" | "pinger" | "daemons" | "tcp" | "mail" | "openSurvey" | "hostSurvey" | "hearing" | "tieBreaker"
>;

export function fakeSurroundings(world: Surroundings): SurroundingPorts {
  return {
    prober: { probe: async (address) => world.probe(address) },
    hearing: { read: async () => world.hearing },
    pinger: { ping: async (address) => world.ping(address) },
    daemons: { look: async (name) => world.daemon(name) },
    tcp: { connect: async ({ host, port }) => world.tcp(host, port) },
    mail: {
      send: async (job, dialogue) => {
        dialogue?.("< 220 mail.example.org");
        return world.mail(job);
      },
    },
    hostSurvey: {
      hooks: async () => world.hooks,
      gate: async () => world.gate,
      keeperOf: async () => world.keeper,
      installed: async () => world.installed,
      watchdogTools: async () => world.watchdogTools,
      room: async () => world.room,
    },
    tieBreaker: (kind, place) => ({
      ties: {
        claim: async () => ({ kind: "unknown", why: "ha-cfg claims nothing" }),
        holder: async () => ({ kind: "free" }),
        remove: async () => "ha-cfg removes nothing",
        test: async () => world.tieTest(kind, place, HOST),
      },
      setUp:
        kind === "sr"
          ? null
          : {
              publicKey: async () => ({ key: keyOf(HOST) }),
              prepare: async () => world.prepareTie(HOST),
            },
    }),
    openSurvey: () => ({
      localDisks: async () => world.localDisks,
      localNetworks: async () => world.localNetworks,
      interfaces: async () => world.interfaces,
      hostFacts: async () => world.hostFacts,
      storages: async () => world.storages,
      bmcs: async () => world.bmcs,
      secret: async (uuid) => world.secret(uuid),
      hostClock: async (host) => world.hostClock(host),
      close: async () => undefined,
    }),
  };
}
