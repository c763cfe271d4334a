import { asksHeuristicIps } from "../config/tie-breaker.ts";
import { hostsToAsk } from "./ask-hosts.ts";
import { type CliPorts, EXIT, type ExitCode } from "./cli-ports.ts";
import { fittingPlace } from "./doctor/tie-place-checks.ts";
import type { PoolAccess } from "./pool-access.ts";
import { plainText, wrapText } from "./screens/text.ts";
import {
  choiceText,
  TIE_CHOICES,
  type TieChoice,
  type TiePool,
  withoutChoice,
} from "./screens/tie-choices.ts";
import { testHosts } from "./tie-set-up.ts";

/** The pool as it is now, with a place that is set, or may be. */
export function tiePool({ database, resolved }: PoolAccess, place: string | null): TiePool {
  const { FENCE_HEURISTICS_IPS } = resolved.settings;
  const hosts = (database?.hosts ?? []).map(({ name }) => plainText(name));
  const master = database?.hosts.find(({ uuid }) => uuid === database.pool.master)?.name;
  return { hosts, master: plainText(master ?? "the master"), heuristicIps: FENCE_HEURISTICS_IPS, place };
}

/** What is set, whether this host can use it, and what each choice means. */
export async function showTie(json: boolean, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { settings } = pool.resolved;
  const { TIE_BREAKER, TIE_BREAKER_PLACE } = settings;
  const breaker = asksHeuristicIps(settings) ? "ip" : TIE_BREAKER;
  const place = TIE_BREAKER_PLACE === "" ? null : TIE_BREAKER_PLACE;
  const self = (await hostsToAsk(pool, ports)).filter(({ isSelf }) => isSelf);
  const isClaim = breaker === "ssh" || breaker === "sr";
  const [tested] = isClaim ? await testHosts({ kind: breaker, text: place ?? "" }, self, pool, ports) : [];
  const test =
    tested?.answer.kind === "answer" ? { host: tested.host.name, wrong: tested.answer.value } : null;
  const about = tiePool(pool, place);
  const of = (choice: TieChoice): TiePool => ({ ...about, place: placeOf(choice, place) });
  const always = withoutChoice(about);
  const choices = TIE_CHOICES.map((choice) => ({ choice, text: choiceText(choice, of(choice)) }));
  if (json) {
    const report = { breaker, place, test, needed: always === null, choices };
    ports.stdout(`${JSON.stringify(report, null, 2)}\n`);
    return test?.wrong == null ? EXIT.done : EXIT.failed;
  }
  ports.stdout(`TIE_BREAKER=${breaker}${place === null ? "" : `, TIE_BREAKER_PLACE=${plainText(place)}`}\n`);
  if (test !== null)
    ports.stdout(`The test of this host: ${test.wrong === null ? "good" : plainText(test.wrong)}\n`);
  if (always !== null) ports.stdout(`\n${wrapText(always, "")}`);
  if (pool.database.hosts.length > 1)
    for (const { choice, text } of choices) {
      const mark = choice === breaker ? "*" : " ";
      ports.stdout(`\n${wrapText(text, "        ", `${mark} ${choice.padEnd(4)}  `)}`);
    }
  return test?.wrong == null ? EXIT.done : EXIT.failed;
}

/** A test of what is set, by this host or by all. */
export async function testTie(
  { all, json }: { readonly all: boolean; readonly json: boolean },
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { TIE_BREAKER: kind, TIE_BREAKER_PLACE: text } = pool.resolved.settings;
  if (kind !== "ssh" && kind !== "sr") {
    ports.stderr(`Cannot test the tie-breaker: TIE_BREAKER=${kind}, so there is no place.\n`);
    return EXIT.failed;
  }
  const hosts = (await hostsToAsk(pool, ports)).filter(({ isSelf }) => isSelf || all);
  const tested = await testHosts({ kind, text }, hosts, pool, ports);
  const rows = tested.map(({ host, answer }) => ({
    host: host.name,
    uuid: host.uuid,
    reached: answer.kind === "answer",
    wrong: answer.kind === "answer" ? answer.value : answer.why,
  }));
  if (json) ports.stdout(`${JSON.stringify(rows, null, 2)}\n`);
  else
    for (const { host, reached, wrong } of rows)
      ports.stdout(
        `${plainText(host)}: ${wrong === null ? `can claim ${plainText(text)}` : `${reached ? "cannot claim" : "not reached"}: ${plainText(wrong)}`}\n`,
      );
  return rows.every(({ wrong }) => wrong === null) ? EXIT.done : EXIT.failed;
}

function placeOf(choice: TieChoice, place: string | null): string | null {
  if (place === null || choice === "none" || choice === "ip") return null;
  return fittingPlace(choice, place) === null ? null : place;
}
