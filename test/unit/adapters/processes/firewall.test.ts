import { expect, test } from "bun:test";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createGate } from "../../../../src/adapters/processes/firewall.ts";
import { HANG, never, ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder();

/** The gate of a machine that has just these two programs. */
function gateOf(firewalld: string | null, iptables: string | null) {
  const bin = crypto.randomUUID();
  for (const [name, body] of [
    ["firewall-cmd", firewalld],
    ["iptables", iptables],
  ])
    if (body != null) folder.script(`${bin}/${name}`, body);
  return createGate(createSystemClock(), { PATH: folder.at(bin) });
}

const asked = (answers: Readonly<Record<string, number>>) =>
  `case $1 in ${Object.entries(answers)
    .map(([words, code]) => `${words}) exit ${code} ;;`)
    .join(" ")} *) exit 99 ;; esac`;
const OPEN = "echo '-P INPUT ACCEPT'";
const CLOSED = "echo '-P INPUT DROP'";

test("createGate: firewalld's port, or its service of XAPI's own HA", async () => {
  const gate = (port: number, service: number) =>
    gateOf(asked({ "--state": 0, "--query-port=694/udp": port, "--query-service=xenha": service }), OPEN);
  expect(await gate(0, 1)(694, never())).toEqual({ kind: "open" });
  expect(await gate(1, 0)(694, never())).toEqual({ kind: "open" });
  // A service that it does not know is no "open".
  expect(await gate(1, 101)(694, never())).toEqual({ kind: "closed", by: "firewalld" });
  expect(await gate(99, 101)(694, never())).toEqual({ kind: "unknown" });
});

test("createGate: another port is not in that service", async () => {
  const gate = gateOf(asked({ "--state": 0, "--query-port=7000/udp": 1, "--query-service=xenha": 0 }), null);
  expect(await gate(7000, never())).toEqual({ kind: "closed", by: "firewalld" });
});

test("createGate: iptables where firewalld does not run, or is not there", async () => {
  expect(await gateOf(asked({ "--state": 252 }), CLOSED)(694, never())).toEqual({
    kind: "closed",
    by: "iptables",
  });
  expect(await gateOf(null, OPEN)(694, never())).toEqual({ kind: "open" });
});

test("createGate: nothing is known without either, as another user, and where it hangs", async () => {
  expect(await gateOf(null, null)(694, never())).toEqual({ kind: "unknown" });
  expect(await gateOf(null, `${CLOSED}; exit 4`)(694, never())).toEqual({ kind: "unknown" });
  expect(await gateOf(null, HANG)(694, AbortSignal.timeout(100))).toEqual({ kind: "unknown" });
});
