import { type Check, type Examination, type Finding, findingsOf } from "./check.ts";

/** Three commands, each with a deadline of its own. */
const ASK_MS = 8_000;

/** The heartbeats of the others reach the monitor of this host: nobody else has their port, no firewall closes it. */
export const portCheck: Check = {
  name: "heartbeat-port",
  limitMs: () => ASK_MS,
  async run(examination, signal) {
    const { ports, settings, sight } = examination;
    if (sight.hosts.length < 2) return [];
    const port = settings.HEARTBEAT_PORT;
    const [keeper, gate] = await Promise.all([
      ports.hostSurvey.keeperOf(port),
      ports.hostSurvey.gate(port, signal),
    ]);
    return [
      ...(keeper === null ? [] : kept(keeper, port, examination)),
      ...(gate.kind === "closed" ? closed(gate.by, port, examination) : []),
    ];
  },
};

/** The monitor takes it from XAPI's own HA, under that name only; where it has the port nothing is wrong. */
function kept(keeper: string, port: number, { sight }: Examination): readonly Finding[] {
  if (sight.hearing !== null && sight.hearing.trouble === null) return [];
  const text = `portreserve keeps UDP port ${port} for ${keeper}, and the monitor has not got it: no heartbeat is sent or received`;
  return [findingsOf("heartbeat-port").bad(text, `portrelease ${keeper}; service ha-lizard restart`)];
}

/** A firewall lets in what answers, so heartbeats may come as long as this host has spoken first. */
function closed(by: "firewalld" | "iptables", port: number, { sight }: Examination): readonly Finding[] {
  const { warn, bad } = findingsOf("firewall");
  const peers = sight.hearing?.peers ?? [];
  const hearsAll = peers.length > 0 && peers.every(({ heard }) => heard === "direct");
  const text = `the firewall of this host (${by}) does not let in UDP port ${port}, by which the hosts hear each other`;
  return hearsAll
    ? [warn(`${text}: they are heard only as long as this host speaks first`, cureOf(by, port))]
    : [bad(text, cureOf(by, port))];
}

function cureOf(by: "firewalld" | "iptables", port: number): string {
  if (by === "firewalld") return `firewall-cmd --permanent --add-port=${port}/udp && firewall-cmd --reload`;
  return `iptables -I INPUT -p udp --dport ${port} -j ACCEPT, and the same in /etc/sysconfig/iptables`;
}
