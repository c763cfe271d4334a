import { toldProbe } from "../../app/pass/told-probe.ts";
import { heardPeer } from "../../core/members/heard.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { PeerProbe } from "../../core/model/pool-view.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { PeerAnswer } from "../../ports/peers.ts";
import type { SeenHost } from "../sight/sight.ts";
import { type Check, type Examination, type Finding, findingsOf } from "./check.ts";

const PROBE_MS = 7_000;

/** Every other host answers ping and XAPI from here, and follows the master of this pool. */
export const memberCheck: Check = {
  name: "members",
  limitMs: () => PROBE_MS + 2_000,
  async run(examination, signal) {
    const { bad } = findingsOf("members");
    const { sight } = examination;
    if (sight.self === null)
      return [
        bad("this host does not know its own uuid", "see INSTALLATION_UUID in /etc/xensource-inventory"),
      ];
    if (sight.hosts.length === 0)
      return [bad("this host knows no host of the pool", "see that XAPI answers")];
    const others = sight.hosts.filter(({ isSelf }) => !isSelf);
    const found = await Promise.all(others.map((host) => examine(host, examination, signal)));
    return found.flat();
  },
};

async function examine(
  host: SeenHost,
  { ports, sight }: Examination,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const peer = heardPeer(sight.hearing ?? "unknown", host.uuid);
  const told = toldProbe(peer, (uuid) => addressOf(uuid, sight));
  // By its pool.conf, whatever its xapi has come to yet.
  const isMaster = peer !== "unknown" && peer.own?.role === "master";
  const probe = await withDeadline<PeerAnswer | null>(
    ports.clock,
    PROBE_MS,
    signal,
    (inner) => ports.prober.probe(host.address, "life", inner),
    () => null,
  );
  const about = `${host.name} (${host.address})`;
  return [judge(host, about, probe), ...judgeMaster(about, isMaster ? MASTER : told, host, sight)];
}

const MASTER: PeerProbe = { icmp: "unknown", xapi: "answered", follows: { kind: "is-master" } };

function judge({ uuid, enabled }: SeenHost, about: string, probe: PeerAnswer | null): Finding {
  const { ok, warn, bad } = findingsOf("members");
  if (probe === null) return bad(`${about} could not be probed in time`, "run this again");
  const { icmp, xapi } = probe;
  if (xapi === "answered" && icmp === "answered")
    return enabled
      ? ok(`${about} answers ping and XAPI`)
      : warn(
          `${about} is in maintenance (disabled): no VM is started there, and HA leaves it alone`,
          `xe host-enable uuid=${uuid}, when its maintenance is over`,
        );
  if (!enabled) {
    return warn(`${about} is disabled and does not answer ${xapi === "silent" ? "XAPI" : "ping"}`, null);
  }
  if (icmp === "unknown")
    return warn(`${about}: ping could not be run here; XAPI ${xapi}`, "see that ping is installed");
  if (xapi === "answered")
    return bad(
      `${about} answers XAPI but not ping, which keeps a host alive while its toolstack restarts`,
      "let ICMP echo through between the hosts",
    );
  return icmp === "answered"
    ? bad(`${about} answers ping but not XAPI`, "see systemctl status xapi there, and ports 443 and 80")
    : bad(`${about} answers neither ping nor XAPI`, "see whether it is up, and the network between");
}

function addressOf(host: HostUuid, { hosts }: Examination["sight"]): string | null {
  return hosts.find(({ uuid }) => uuid === host)?.address ?? null;
}

function judgeMaster(
  about: string,
  probe: PeerProbe | null,
  { uuid }: SeenHost,
  sight: Examination["sight"],
) {
  const { bad } = findingsOf("one-master");
  const { master } = sight;
  const own = master === null ? null : addressOf(master, sight);
  const follows = probe?.follows;
  if (follows === undefined || own === null || uuid === master) return [];
  switch (follows.kind) {
    case "slave-of":
      return follows.address === own
        ? []
        : [bad(`${about} follows ${follows.address}, not the master ${own}`, CALL_BACK)];
    case "is-master":
      return [bad(`${about} considers itself master beside ${own}`, CALL_BACK)];
    case "lost":
      return [bad(`${about} is in emergency mode: it finds no master`, CALL_BACK)];
    default:
      return [];
  }
}

const CALL_BACK = "xe pool-recover-slaves on the master that is to stay";
