import type { Settings } from "../../config/params.ts";
import { heardOf, isHeardNow } from "../../core/members/heard.ts";
import type { Result } from "../../core/model/action.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { LEASE_METHOD } from "../../core/model/lease-method.ts";
import type { LocalView } from "../../core/model/pool-view.ts";
import type { HearingReader } from "../../ports/group.ts";
import { type DevicePorts, deviceStates } from "./fence.ts";
import { readHearing } from "./read-hearing.ts";

/** What is needed to take a proof again. */
export interface ProofPorts {
  readonly ports: DevicePorts & { readonly hearing: HearingReader };
  readonly self: Pick<LocalView, "uuid" | "bootId">;
  readonly settings: Settings;
  readonly proofs: Proofs;
  /** How it is known that it is off. */
  readonly proofOf: (host: HostUuid) => ProofKind;
}

/** How a host was proved off. */
export interface ProofKind {
  /** By an administrator's word: its device may be silent. */
  readonly isWord: boolean;
  /** By this fence method; null: that is not known. What another one says, of an outlet that was not switched, means nothing. */
  readonly by: string | null;
}

/** What this pass knows of hosts that were fenced. */
export interface Proofs {
  /** When a device has said last that a host is off, by the uptime. */
  readonly offAtMs: Map<HostUuid, number>;
  /** Looks that are under way, so that twenty starts ask once. */
  readonly looks: Map<HostUuid, Promise<Result | null>>;
}

/** No host is switched on and runs a VM within this time. */
const FRESH_MS = 5_000;
/** A controller that is slow to answer is waited for as long as in its daily look. */
export const LOOK_MS = 30_000;
/** One that may be silent, by an administrator's word, is not. */
const WORD_MS = 5_000;

/**
 * Takes the proofs again on which something rests that is about to begin: a host may have been switched on since it was fenced, by
 * hand, by its own controller, or when its power came back, and whoever is cut off from it cannot hear it. null: they hold. The
 * agents that cannot be asked have given their proof until any sign of another boot.
 */
export async function whyUnproved(
  rests: readonly HostUuid[],
  proof: ProofPorts,
  signal: AbortSignal,
): Promise<Result | null> {
  const found = await Promise.all(rests.map((host) => takeAgain(host, proof, signal)));
  return found.find((result) => result !== null) ?? null;
}

/** Is one of these hosts on, by its device? Its silence says nothing. null: none is, as far as is known. */
export async function whyOn(
  hosts: readonly HostUuid[],
  proof: ProofPorts,
  signal: AbortSignal,
): Promise<Result | null> {
  const found = await Promise.all(hosts.map((host) => takeAgain(host, proof, signal)));
  return found.find((result) => result?.kind === "unproved" && result.isOver) ?? null;
}

async function takeAgain(host: HostUuid, proof: ProofPorts, signal: AbortSignal): Promise<Result | null> {
  const { ports, self, proofs } = proof;
  const heard = heardOf(await readHearing(ports, self), host);
  if (isHeardNow(heard)) return { kind: "held", why: "a host that counted as off is heard" };
  const offAtMs = proofs.offAtMs.get(host);
  // It was reset, so its device may well say that it is on; what ends this proof was looked at just now.
  if (proof.proofOf(host).by === LEASE_METHOD) return null;
  if (offAtMs !== undefined && ports.clock.uptimeMs() - offAtMs <= FRESH_MS) return null;
  const look = proofs.looks.get(host) ?? askDevices(host, proof, signal);
  proofs.looks.set(host, look);
  return look.finally(() => proofs.looks.delete(host));
}

async function askDevices(
  host: HostUuid,
  { ports, settings, proofs, proofOf }: ProofPorts,
  signal: AbortSignal,
): Promise<Result | null> {
  const askedAtMs = ports.clock.uptimeMs();
  const { isWord, by } = proofOf(host);
  const all = await deviceStates(host, settings, ports, signal, isWord ? WORD_MS : LOOK_MS);
  const own = all.filter(({ method }) => method === by);
  const states = (own.length > 0 ? own : all).map(({ state }) => state);
  if (states.some(({ kind }) => kind === "on"))
    return { kind: "unproved", host, isOver: true, why: "its device says that it is on" };
  if (states.some(({ kind }) => kind === "off")) {
    proofs.offAtMs.set(host, askedAtMs);
    return null;
  }
  if (isWord) return null;
  const unknown = states.flatMap((state) => (state.kind === "unknown" ? [state.why] : []));
  return unknown.length === 0 ? null : { kind: "unproved", host, isOver: false, why: unknown.join("; ") };
}
