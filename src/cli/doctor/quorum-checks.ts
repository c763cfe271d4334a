import { asksHeuristicIps } from "../../config/tie-breaker.ts";
import { tallyQuorum } from "../../core/members/quorum.ts";
import { withDeadline } from "../../ports/deadline.ts";
import { type Check, type Examination, enabledHosts, type Finding, findingsOf } from "./check.ts";

const PING_MS = 3_000;

/** The heuristic IPs answer, and the pool has a quorum with one host less. */
export const quorumCheck: Check = {
  name: "quorum",
  limitMs: () => PING_MS + 2_000,
  async run(examination, signal) {
    const pings = await pingAll(examination, signal);
    return [...heuristics(examination, pings), ...withOneLess(examination, pings)];
  },
};

type Pings = ReadonlyMap<string, "answered" | "silent" | "unknown">;

async function pingAll({ ports, settings }: Examination, signal: AbortSignal): Promise<Pings> {
  const answers = await Promise.all(
    settings.FENCE_HEURISTICS_IPS.map(async (address) => {
      const answer = await withDeadline<"answered" | "silent" | "unknown">(
        ports.clock,
        PING_MS,
        signal,
        (inner) => ports.pinger.ping(address, inner),
        () => "unknown",
      );
      return [address, answer] as const;
    }),
  );
  return new Map(answers);
}

function heuristics({ settings, sight }: Examination, pings: Pings): readonly Finding[] {
  const { ok, warn, bad } = findingsOf("heuristic-ips");
  const used = asksHeuristicIps(settings);
  if (pings.size === 0) {
    return used
      ? [
          bad(
            `${settings.TIE_BREAKER === "ip" ? "TIE_BREAKER=ip" : "FENCE_USE_IP_HEURISTICS=1"}, but there are no addresses`,
            "ha-cfg set FENCE_HEURISTICS_IPS ADDRESSES",
          ),
        ]
      : [ok("heuristic IPs are not used")];
  }
  return [...pings].map(([address, answer]) => {
    const host = sight.hosts.find((one) => one.address === address);
    if (host !== undefined)
      return bad(
        `heuristic IP ${address} is ${host.name}, a host of the pool: it must be outside`,
        "ha-cfg set FENCE_HEURISTICS_IPS ADDRESSES",
      );
    if (answer === "answered") return ok(`heuristic IP ${address} answers${used ? "" : " (not used)"}`);
    const text = `heuristic IP ${address} ${answer === "silent" ? "does not answer ping" : "could not be pinged"}`;
    const cure = "all of them have to answer, or there is no vote: choose others";
    return used ? bad(text, cure) : warn(`${text} (not used)`, cure);
  });
}

/** Who lives now, less one: what is left when the next host dies. */
function withOneLess(examination: Examination, pings: Pings): readonly Finding[] {
  const { ok, warn, bad } = findingsOf("quorum");
  const { settings } = examination;
  const hosts = enabledHosts(examination);
  if (hosts.length < 2)
    return [warn("fewer than two hosts are enabled: no VM can be started elsewhere", "enable another host")];
  if (settings.FENCE_ENABLED && hosts.length < settings.FENCE_MIN_HOSTS) {
    const text = `${hosts.length} hosts are fewer than FENCE_MIN_HOSTS=${settings.FENCE_MIN_HOSTS}: none is fenced, and VMs of a dead one stay down`;
    const isEnough = examination.sight.hosts.length >= settings.FENCE_MIN_HOSTS;
    const less = `ha-cfg set FENCE_MIN_HOSTS ${hosts.length}`;
    return [bad(text, isEnough ? `enable the others again, or ${less}` : less)];
  }
  if (!settings.FENCE_QUORUM_REQUIRED)
    return [
      warn(
        "no quorum is required: after a network split both sides act",
        "ha-cfg set FENCE_QUORUM_REQUIRED 1",
      ),
    ];
  const lives = hosts.filter(
    ({ isSelf, probe }) => isSelf || probe?.xapi === "answered" || probe?.icmp === "answered",
  );
  // Whether that place can be claimed, another check says.
  const isExclusive = settings.TIE_BREAKER === "ssh" || settings.TIE_BREAKER === "sr";
  const allAnswer = pings.size > 0 && [...pings.values()].every((answer) => answer === "answered");
  const tally = tallyQuorum({
    members: hosts.map(({ uuid }) => uuid),
    alive: lives.slice(1).map(({ uuid }) => uuid),
    heuristics:
      isExclusive || (asksHeuristicIps(settings) && allAnswer) ? "all-answered" : "not-all-answered",
  });
  const words = `${tally.votes} votes of ${tally.members} members with one host less`;
  if (tally.quorate) return [ok(`there is a quorum: ${words}`)];
  // What becomes of two hosts of which one dies, the check of the tie-breaker says.
  if (hosts.length === 2 && lives.length === 2 && !asksHeuristicIps(settings)) return [];
  const cure =
    hosts.length % 2 === 0
      ? "use a place outside the pool (TIE_BREAKER, TIE_BREAKER_PLACE) or heuristic IPs (FENCE_USE_IP_HEURISTICS, FENCE_HEURISTICS_IPS), or add a host"
      : "bring the hosts back that do not answer";
  return [bad(`no quorum when the next host dies: ${words}; nothing would be done`, cure)];
}
