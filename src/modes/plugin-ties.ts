import { pathsFrom } from "../adapters/files/paths.ts";
import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { createTieBreakers } from "../adapters/ties/open-tie-breaker.ts";
import { PLUGIN_TIE_KEY, PLUGIN_TIE_PREPARE, PLUGIN_TIE_TEST } from "../adapters/xapi/plugin-protocol.ts";
import { neverAborts, withDeadline } from "../ports/deadline.ts";
import type { OpenTieBreaker, TieBreakerSetUp } from "../ports/tie-breaker.ts";
import { selfCommand } from "./runtime.ts";

/** XAPI waits for it, and so does an administrator. */
const LIMIT_MS = 50_000;
const LATE = { why: `it did not end within ${LIMIT_MS / 1_000} s` };
/** The key is the same for every place. */
const ANY_PLACE = "nobody@localhost:ties";

/** What `ha-cfg tie-breaker` on another host asks of this one, as plain data; null: it is no such question. */
export function answerOfTies(
  called: string | null,
  given: Readonly<Record<string, string>>,
  environment: Record<string, string>,
): Promise<unknown> | null {
  const clock = createSystemClock();
  const open = createTieBreakers({ paths: pathsFrom(process.env), clock, environment, self: selfCommand() });
  const ask = (task: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> =>
    withDeadline(clock, LIMIT_MS, neverAborts(), task, () => LATE);
  const place = given["place"] ?? "";
  if (called === PLUGIN_TIE_KEY)
    return ask((signal) => withSetUp(open("ssh", ANY_PLACE), (setUp) => setUp.publicKey(signal)));
  if (called === PLUGIN_TIE_PREPARE)
    return ask((signal) =>
      withSetUp(open("ssh", place), async (setUp) => ({ why: await setUp.prepare(signal) })),
    );
  if (called !== PLUGIN_TIE_TEST) return null;
  const kind = given["kind"] === "sr" ? "sr" : "ssh";
  return ask(async (signal) => ({ why: await open(kind, place).ties.test(signal) }));
}

async function withSetUp(
  { setUp }: OpenTieBreaker,
  use: (setUp: TieBreakerSetUp) => Promise<unknown>,
): Promise<unknown> {
  return setUp === null ? { why: "this is no place of ssh" } : use(setUp);
}
