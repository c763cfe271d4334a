import { describe, expect, test } from "bun:test";
import { judgeRules } from "../../../../src/adapters/processes/iptables.ts";

/** As a Dom0 of XCP-ng 8 has them. */
const DOM0 = `-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-N RH-Firewall-1-INPUT
-N xapi_nbd_input_chain
-A INPUT -p tcp -m tcp --dport 10809 -j xapi_nbd_input_chain
-A INPUT -p gre -j ACCEPT
-A INPUT -j RH-Firewall-1-INPUT
-A RH-Firewall-1-INPUT -i lo -j ACCEPT
-A RH-Firewall-1-INPUT -p icmp -m icmp --icmp-type any -j ACCEPT
-A RH-Firewall-1-INPUT -i xenapi -p udp -m udp --dport 67 -j ACCEPT
-A RH-Firewall-1-INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A RH-Firewall-1-INPUT -p udp -m conntrack --ctstate NEW -m udp --dport 694 -j ACCEPT
-A RH-Firewall-1-INPUT -p tcp -m conntrack --ctstate NEW -m tcp --dport 443 -j ACCEPT
-A RH-Firewall-1-INPUT -j REJECT --reject-with icmp-host-prohibited
`;
const chain = (...rules: string[]) =>
  `-P INPUT DROP\n-N OWN\n${rules.map((rule) => `-A ${rule}`).join("\n")}\n`;

describe("judgeRules", () => {
  const rows: readonly [string, string, number, string][] = [
    ["a Dom0 lets in the port of XAPI's own HA", DOM0, 694, "open"],
    ["and no other", DOM0, 6940, "closed"],
    ["without the rule it does not", DOM0.replace(/^.*dport 694 .*\n/m, ""), 694, "closed"],
    ["no rules, and the policy lets all in", "-P INPUT ACCEPT\n", 694, "open"],
    ["no rules, and the policy lets nothing in", "-P INPUT DROP\n", 694, "closed"],
    ["no rules of iptables at all", "", 694, "unknown"],
    ["a range", chain("INPUT -p udp -m udp --dport 690:700 -j ACCEPT"), 694, "open"],
    ["several ports", chain("INPUT -p udp -m multiport --dports 123,690:700 -j ACCEPT"), 694, "open"],
    ["several others", chain("INPUT -p udp -m multiport --dports 123,161 -j ACCEPT"), 694, "closed"],
    ["TCP only", chain("INPUT -p tcp -m tcp --dport 694 -j ACCEPT"), 694, "closed"],
    [
      "a comment of many words",
      chain('INPUT -p udp --dport 694 -m comment --comment "the -p tcp one" -j ACCEPT'),
      694,
      "open",
    ],
    [
      "from some addresses only",
      chain("INPUT -s 192.0.2.0/24 -p udp -m udp --dport 694 -j ACCEPT"),
      694,
      "unknown",
    ],
    ["not from some addresses", chain("INPUT -s 192.0.2.7/32 -j DROP", "INPUT -j ACCEPT"), 694, "unknown"],
    ["not what begins a conversation", chain("INPUT -m state --state ESTABLISHED -j ACCEPT"), 694, "closed"],
    ["what only notes goes on", chain("INPUT -j LOG --log-prefix x", "INPUT -p udp -j ACCEPT"), 694, "open"],
    [
      "a chain that gives it back",
      chain("INPUT -j OWN", "INPUT -j ACCEPT", "OWN -p udp -j RETURN", "OWN -j DROP"),
      694,
      "open",
    ],
    ["a chain that calls itself", chain("INPUT -j OWN", "OWN -j OWN"), 694, "unknown"],
  ];
  for (const [title, rules, port, expected] of rows)
    test(`${title}: ${expected}`, () => expect(judgeRules(rules, port)).toBe(expected as never));
});
