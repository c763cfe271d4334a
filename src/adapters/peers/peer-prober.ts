import type { Follows, PeerProbe } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import { OVER, withDeadline } from "../../ports/deadline.ts";
import type { PeerProber, Pinger } from "../../ports/peers.ts";
import { parseAnswer, speaksInEmergency } from "../xapi/errors.ts";
import { askTwoPorts, type PostJson, REQUEST_ID, requestText, urlOf } from "./two-ports.ts";

export interface PeerProberOptions {
  readonly pinger: Pinger;
  readonly clock: Clock;
  readonly postJson: PostJson;
  /** For the question whether XAPI answers, both ports together, in milliseconds. */
  readonly probeTimeoutMs: number;
  /**
   * A peer whose XAPI answers within so many milliseconds is not pinged: it lives, whatever ping says, and ping is a
   * process for each peer. 0: always pinged, to show both.
   */
  readonly pingAfterMs: number;
  /** A fresh random uuid each time, 36 characters: to shorter ones XAPI answers HTTP 500. */
  readonly newUuid: () => string;
}

/** A ping that takes longer has failed to tell anything. */
const PING_MS = 3_000;
/** What ping is given to say what it found when the caller's time is over. */
const PING_GRACE_MS = 100;
/** A slave names its master within 5 ms; a master has been seen to need 2.7 s to refuse the login. */
const FOLLOWS_MS = 3_000;
/** A slave that is well has named its master by then. */
const NAMED_SOON_MS = 100;
/** An answer that comes this late is an answer. */
const PATIENT_MS = 10_000;

/**
 * Probes a peer over XAPI and ICMP (core/README.md, "Is a peer alive?"; adapters/xapi/README.md, "Probing a peer").
 * XAPI is asked to echo a fresh uuid, on port 443 first and on 80 when that fails or takes half of the time: no
 * session, no secret, and the answer proves itself. A peer that has not answered by `pingAfterMs` is pinged meanwhile.
 *
 * Whom the peer follows is taken from words only, never from silence: a login without a name answers HOST_IS_SLAVE, or
 * SESSION_AUTHENTICATION_FAILED after the two seconds that a master takes. To call a slow answer a master would, with
 * the old master dead, keep every successor from its promotion as long as one slave is slow; to give up earlier would
 * hide a second master. No answer in time, and any other one, is `unknown`. It is asked first: a slave that names its
 * master lives, so that in a pool that is well each peer is asked one thing, on one connection.
 */
export function createPeerProber(options: PeerProberOptions): PeerProber {
  return {
    async probe(address, question, signal): Promise<PeerProbe> {
      const asks = question === "life-and-master";
      const first = urlOf("https", address);
      const beganMs = options.clock.uptimeMs();
      const timeoutMs = question === "life-patiently" ? PATIENT_MS : options.probeTimeoutMs;
      const leftMs = () => timeoutMs - (options.clock.uptimeMs() - beganMs);
      const told = asks ? askFollowsInTime(options, first, signal) : NOT_ASKED;
      const found = namesMasterSoon(options.clock, told).then((named) =>
        named ? first : findXapi({ ...options, probeTimeoutMs: leftMs() }, address, signal),
      );
      const [icmp, url, follows] = await Promise.all([
        pingUnlessHeard(options, address, found, signal),
        found,
        found.then((url) => {
          if (url === null || !asks) return UNKNOWN;
          return url === first ? told : askFollowsInTime(options, url, signal);
        }),
      ]);
      return { icmp, xapi: url === null ? "silent" : "answered", follows };
    },
  };
}

const UNKNOWN: Follows = { kind: "unknown" };
const NOT_ASKED = Promise.resolve(UNKNOWN);

/** `told` never rejects, and ends with the probe. */
async function namesMasterSoon(clock: Clock, told: Promise<Follows>): Promise<boolean> {
  const heard = new AbortController();
  const patience = clock.sleep(NAMED_SOON_MS, heard.signal).then(() => UNKNOWN);
  const soon = await Promise.race([told, patience]);
  heard.abort(OVER);
  return soon.kind === "slave-of";
}

/** `found` never rejects; what it resolves to in time is an answer of XAPI, or that there is none. */
async function pingUnlessHeard(
  options: PeerProberOptions,
  address: string,
  found: Promise<string | null>,
  signal: AbortSignal,
): Promise<PeerProbe["icmp"]> {
  const { clock, pingAfterMs } = options;
  if (pingAfterMs > 0) {
    // `found` ends with `signal`, so patience does too.
    const heard = new AbortController();
    const patience = clock.sleep(pingAfterMs, heard.signal).then(() => null);
    const url = await Promise.race([found, patience]);
    heard.abort(OVER);
    if (url !== null) return "unknown";
  }
  return ping(options, address, signal);
}

async function ping(
  { pinger, clock }: PeerProberOptions,
  address: string,
  signal: AbortSignal,
): Promise<PeerProbe["icmp"]> {
  if (signal.aborted) return "unknown";
  const over = new AbortController();
  const settled = new AbortController();
  const endSoon = () => void clock.sleep(PING_GRACE_MS, settled.signal).then(() => over.abort(OVER));
  signal.addEventListener("abort", endSoon, { once: true });
  try {
    return await withDeadline<PeerProbe["icmp"]>(
      clock,
      PING_MS,
      over.signal,
      (late) => pinger.ping(address, AbortSignal.any([signal, late])),
      () => "unknown",
    );
  } catch {
    return "unknown";
  } finally {
    settled.abort(OVER);
    signal.removeEventListener("abort", endSoon);
  }
}

function askFollowsInTime(options: PeerProberOptions, url: string, signal: AbortSignal): Promise<Follows> {
  return withDeadline<Follows>(
    options.clock,
    FOLLOWS_MS,
    signal,
    (inner) => askFollows(options, url, inner),
    () => UNKNOWN,
  );
}

/** The address under which XAPI answered, or null. */
function findXapi(options: PeerProberOptions, address: string, signal: AbortSignal): Promise<string | null> {
  const { clock, probeTimeoutMs } = options;
  const ports = { clock, address, first: "https", patienceMs: probeTimeoutMs / 2 } as const;
  // Its signal aborts when one port has answered, too: the other question ends with it.
  return withDeadline<string | null>(
    clock,
    probeTimeoutMs,
    signal,
    (inner) => askTwoPorts(ports, (url) => isAlive(options, url, inner), inner),
    () => null,
  );
}

/** Any well-formed JSON-RPC answer is life, an error as good as a result; a result has to be our uuid. */
async function isAlive(options: PeerProberOptions, url: string, signal: AbortSignal): Promise<boolean> {
  const uuid = options.newUuid();
  const text = await post(options, url, `system.isAlive:${uuid}`, [uuid], signal);
  if (text === null) return false;
  const answer = parseAnswer(text, REQUEST_ID);
  return answer.ok ? answer.value === uuid : answer.fault.kind === "api";
}

async function askFollows(options: PeerProberOptions, url: string, signal: AbortSignal): Promise<Follows> {
  const text = await post(options, url, "session.login_with_password", ["", ""], signal);
  const answer = text === null ? null : parseAnswer(text, REQUEST_ID);
  if (text === null || answer === null || answer.ok || answer.fault.kind !== "api")
    return { kind: "unknown" };
  const { code, params } = answer.fault;
  // At the beginning of every start, until the first hello.
  if (speaksInEmergency(text, REQUEST_ID))
    return { kind: code === "HOST_STILL_BOOTING" ? "unknown" : "lost" };
  const [address] = params;
  if (code === "HOST_IS_SLAVE" && address !== undefined && address !== "")
    return { kind: "slave-of", address };
  // Only a host that takes itself for the master looks at the name at all (adapters/xapi/README.md, "Who answers a
  // call").
  return { kind: code === "SESSION_AUTHENTICATION_FAILED" ? "is-master" : "unknown" };
}

/** The body of the answer; null: none over HTTP, or one that is no answer of the API whatever it says. */
async function post(
  { postJson }: PeerProberOptions,
  url: string,
  method: string,
  params: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const { status, text } = await postJson(url, requestText(method, params), signal);
    return status === 200 ? text : null;
  } catch {
    return null;
  }
}
