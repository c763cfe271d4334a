import { deviceStates } from "../app/pass/fence.ts";
import type { Settings } from "../config/params.ts";
import type { KnownHost } from "../core/memory/last-good.ts";
import { neverAborts, withDeadline } from "../ports/deadline.ts";
import type { PeerAnswer } from "../ports/peers.ts";
import type { CliPorts } from "./cli-ports.ts";

const PROBE_MS = 4_000;

/** What a host that should be off, and its fence devices, have answered. */
export interface AskedLife {
  /** The host itself has; null: it has not. */
  readonly answers: string | null;
  readonly states: Awaited<ReturnType<typeof deviceStates>>;
}

/** Asks everything that could say that the host lives. */
export async function askLife(host: KnownHost, settings: Settings, ports: CliPorts): Promise<AskedLife> {
  const [probe, states] = await Promise.all([
    withDeadline<PeerAnswer>(
      ports.clock,
      PROBE_MS,
      neverAborts(),
      (signal) => ports.prober.probe(host.address, "life", signal),
      () => ({ icmp: "unknown", xapi: "silent" }),
    ),
    deviceStates(host.uuid, settings, ports, neverAborts()),
  ]);
  if (probe.xapi === "answered") return { answers: "its XAPI answers", states };
  return { answers: probe.icmp === "answered" ? "it answers ping" : null, states };
}

/** The first device that says on, as a sentence's end; null: none does. */
export function deviceSaysOn(states: AskedLife["states"]): string | null {
  const on = states.find(({ state }) => state.kind === "on");
  return on === undefined ? null : `its fence device (${on.method}) says that it is on`;
}
