import { randomBytes, randomUUID } from "node:crypto";
import { TIE_NAME } from "../../core/group/tie-name.ts";
import type { Claim, Holder, TieBreaker } from "../../ports/tie-breaker.ts";

/** What is asked of a place. */
export type Question =
  | { readonly verb: "claim"; readonly name: string; readonly host: string }
  | { readonly verb: "holder" | "remove"; readonly name: string };

/** What it is like there afterwards. */
export type Answer =
  /** The name has a file with this uuid in it. */
  | { readonly kind: "held"; readonly holder: string }
  /** There is no such file. */
  | { readonly kind: "free" }
  /** Why, for people, with the cure. */
  | { readonly kind: "failed"; readonly why: string };

/** One technology: where files are, and who asks there. */
export interface Place {
  /** Names and uuids have the right form already. Never rejects. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  /** What is wrong with this place whatever it answers; null: nothing. Never rejects. */
  check(signal: AbortSignal): Promise<string | null>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** `test` uses names that no tie can have. What an interrupted one leaves is removed after a day, as temporary files are. */
const TEST_NAME = ".test-";

/** The uuid of a host, and nothing else. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A name that this folder may have, those of tests among them. */
export function isFileName(text: string): boolean {
  return TIE_NAME.test(text) || (text.startsWith(TEST_NAME) && TIE_NAME.test(text.slice(TEST_NAME.length)));
}

/** A temporary file, or a name of a test: what may be removed when it is a day old. */
export const LEFT_OVER = /^\.(claim|test)-[0-9a-f-]{1,80}$/;

/** What people use a place by: the rules of the port, whatever stands behind it. */
export function createTieBreaker(place: Place): TieBreaker {
  return {
    async claim(name, host, signal) {
      const wrong = TIE_NAME.test(name) ? (UUID.test(host) ? null : host) : name;
      if (wrong !== null) return { kind: "unknown", why: whyWrong(wrong) };
      return await claimAt(place, name, host, signal);
    },
    async holder(name, signal) {
      return TIE_NAME.test(name)
        ? await holderAt(place, name, signal)
        : { kind: "unknown", why: whyWrong(name) };
    },
    async remove(name, signal) {
      return TIE_NAME.test(name) ? await removeAt(place, name, signal) : whyWrong(name);
    },
    async test(signal) {
      return (await place.check(signal)) ?? (await testAt(place, signal));
    },
  };
}

function whyWrong(text: string): string {
  return `${JSON.stringify(text.slice(0, 100))} is neither a name of a tie nor a uuid`;
}

async function claimAt(place: Place, name: string, host: string, signal: AbortSignal): Promise<Claim> {
  const answer = await place.ask({ verb: "claim", name, host }, signal);
  if (answer.kind === "held")
    return answer.holder === host ? { kind: "own" } : { kind: "other", holder: answer.holder };
  const why = answer.kind === "failed" ? answer.why : `${name} was removed while it was claimed`;
  return { kind: "unknown", why };
}

async function holderAt(place: Place, name: string, signal: AbortSignal): Promise<Holder> {
  const answer = await place.ask({ verb: "holder", name }, signal);
  return answer.kind === "failed" ? { kind: "unknown", why: answer.why } : answer;
}

async function removeAt(place: Place, name: string, signal: AbortSignal): Promise<string | null> {
  const answer = await place.ask({ verb: "remove", name }, signal);
  if (answer.kind === "free") return null;
  return answer.kind === "failed" ? answer.why : `${name} was removed and is there again`;
}

async function testAt(place: Place, signal: AbortSignal): Promise<string | null> {
  const name = TEST_NAME + randomBytes(8).toString("hex");
  const hosts = [randomUUID(), randomUUID()];
  const claims = await Promise.all(hosts.map((host) => claimAt(place, name, host, signal)));
  const wrong =
    judgeClaims(claims, hosts) ?? (await judgeHolder(place, name, winnerOf(claims, hosts), signal));
  const left = await removeAt(place, name, signal);
  return wrong ?? left;
}

function winnerOf(claims: readonly Claim[], hosts: readonly string[]): string {
  return hosts[claims.findIndex(({ kind }) => kind === "own")] ?? "";
}

function judgeClaims(claims: readonly Claim[], hosts: readonly string[]): string | null {
  for (const claim of claims) if (claim.kind === "unknown") return claim.why;
  const won = claims.filter(({ kind }) => kind === "own").length;
  if (won !== 1) return `of two claims at the same time ${won} have won: ${NOT_EXCLUSIVE}`;
  const winner = winnerOf(claims, hosts);
  const isNamed = claims.every((claim) => claim.kind !== "other" || claim.holder === winner);
  return isNamed ? null : `who lost a claim was not told who has won it: ${NOT_EXCLUSIVE}`;
}

const NOT_EXCLUSIVE = "this place is not exclusive; choose another one";

async function judgeHolder(
  place: Place,
  name: string,
  winner: string,
  signal: AbortSignal,
): Promise<string | null> {
  const holder = await holderAt(place, name, signal);
  if (holder.kind === "unknown") return holder.why;
  if (holder.kind === "free" || holder.holder !== winner)
    return "a claim was not there a moment later: this place does not keep what is written; choose another one";
  return null;
}
