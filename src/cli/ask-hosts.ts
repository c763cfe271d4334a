import { observeSelf } from "../app/pass/observe-self.ts";
import { describeFault } from "../core/alerts/describe-fault.ts";
import type { HostUuid } from "../core/model/ids.ts";
import type { XapiResult } from "../core/model/pool-view.ts";
import { neverAborts, withDeadline } from "../ports/deadline.ts";
import type { CliPorts } from "./cli-ports.ts";
import type { PoolAccess } from "./pool-access.ts";

/** A host of the pool that is asked for its own part of an action. */
export interface AskedHost {
  readonly uuid: HostUuid;
  readonly name: string;
  readonly isSelf: boolean;
  /** By the master. Whoever is not is not asked. */
  readonly live: boolean;
}

/** What a host has answered; `unreached`: it could not be asked. */
export type HostAnswer<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "unreached"; readonly why: string };

export type HostAnswers<T> = readonly { readonly host: AskedHost; readonly answer: HostAnswer<T> }[];

const SELF_MS = 2_000;
/** A tie-breaker that does not answer is asked some times. */
const HOST_MS = 60_000;

/** The hosts of the pool, this one among them. */
export async function hostsToAsk({ database }: PoolAccess, ports: CliPorts): Promise<readonly AskedHost[]> {
  const self = await observeSelf(ports, SELF_MS, neverAborts());
  return (database?.hosts ?? []).map(({ uuid, name, live }) => {
    const isSelf = uuid === self?.uuid;
    return { uuid, name, isSelf, live: live || isSelf };
  });
}

/** Asks all of them at the same time: this host by `own`, the others through XAPI. */
export function askHosts<T>(
  hosts: readonly AskedHost[],
  { clock }: CliPorts,
  own: (signal: AbortSignal) => Promise<T>,
  other: (host: HostUuid, signal: AbortSignal) => Promise<XapiResult<T>>,
): Promise<HostAnswers<T>> {
  const ask = async (host: AskedHost, signal: AbortSignal): Promise<HostAnswer<T>> => {
    if (host.isSelf) return { kind: "answer", value: await own(signal) };
    if (!host.live) return { kind: "unreached", why: "it is not up, by XAPI" };
    const asked = await other(host.uuid, signal);
    return asked.ok
      ? { kind: "answer", value: asked.value }
      : { kind: "unreached", why: describeFault(asked.fault) };
  };
  const late = (): HostAnswer<T> => ({ kind: "unreached", why: `no answer within ${HOST_MS / 1_000} s` });
  return Promise.all(
    hosts.map(async (host) => ({
      host,
      answer: await withDeadline(clock, HOST_MS, neverAborts(), (signal) => ask(host, signal), late),
    })),
  );
}
