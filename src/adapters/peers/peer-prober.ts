import type { Clock } from "../../ports/clock.ts";
import { OVER, withDeadline } from "../../ports/deadline.ts";
import type { PeerAnswer, PeerProber, Pinger } from "../../ports/peers.ts";
import { parseAnswer } from "../xapi/errors.ts";
import { askTwoPorts, type PostJson, REQUEST_ID, requestText } from "./two-ports.ts";

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
/** An answer that comes this late is an answer. */
const PATIENT_MS = 10_000;

/**
 * Probes a peer over XAPI and ICMP (core/README.md, "Is a peer alive?"; adapters/xapi/README.md, "Probing a peer").
 * XAPI is asked to echo a fresh uuid, on port 443 first and on 80 when that fails or takes half of the time: no
 * session, no secret, no line in its log, and the answer proves itself. A peer that has not answered by `pingAfterMs`
 * is pinged meanwhile.
 */
export function createPeerProber(options: PeerProberOptions): PeerProber {
  return {
    async probe(address, question, signal): Promise<PeerAnswer> {
      const probeTimeoutMs = question === "life-patiently" ? PATIENT_MS : options.probeTimeoutMs;
      const found = findXapi({ ...options, probeTimeoutMs }, address, signal);
      const [icmp, url] = await Promise.all([pingUnlessHeard(options, address, found, signal), found]);
      return { icmp, xapi: url === null ? "silent" : "answered" };
    },
  };
}

/** `found` never rejects; what it resolves to in time is an answer of XAPI, or that there is none. */
async function pingUnlessHeard(
  options: PeerProberOptions,
  address: string,
  found: Promise<string | null>,
  signal: AbortSignal,
): Promise<PeerAnswer["icmp"]> {
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
): Promise<PeerAnswer["icmp"]> {
  if (signal.aborted) return "unknown";
  const over = new AbortController();
  const settled = new AbortController();
  const endSoon = () => void clock.sleep(PING_GRACE_MS, settled.signal).then(() => over.abort(OVER));
  signal.addEventListener("abort", endSoon, { once: true });
  try {
    return await withDeadline<PeerAnswer["icmp"]>(
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
