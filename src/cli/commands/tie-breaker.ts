import { nearestWord } from "../../config/nearest.ts";
import { type ParameterName, rowOf } from "../../config/params.ts";
import { parseTiePlace, type TiePlace } from "../../config/tie-place.ts";
import { describeFault } from "../../core/alerts/describe-fault.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import { defineAction } from "../action.ts";
import { hostsToAsk } from "../ask-hosts.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { confirm, wantTerminal } from "../confirm.ts";
import { fittingPlace, judgeStorage } from "../doctor/tie-place-checks.ts";
import { planChanges, renderChanges, writeParameters } from "../parameter-changes.ts";
import { type PoolAccess, withPool } from "../pool-access.ts";
import { wrapText } from "../screens/text.ts";
import { choiceText, TIE_CHOICES, type TieChoice, withoutChoice } from "../screens/tie-choices.ts";
import { type NewPlace, setUpSsh, testEach } from "../tie-set-up.ts";
import { showTie, testTie, tiePool } from "../tie-show.ts";

/** What may stand in the first place, for help and completion. */
export const TIE_WORDS: readonly string[] = [...TIE_CHOICES, "test"];

interface Options {
  readonly here: boolean;
  readonly all: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export const tieBreakerAction = defineAction({
  name: "tie-breaker",
  description:
    "Shows what decides when exactly half of the hosts is left, and what happens in a cut of this pool with each choice; sets a choice up on every host, tests it, and sets TIE_BREAKER and TIE_BREAKER_PLACE.",
  args: {
    choice: {
      type: "positional",
      required: false,
      description: "none, ip, ssh or sr: set it up; test: test what is set; nothing: show it",
    },
    place: {
      type: "positional",
      required: false,
      description:
        "ssh: USER@HOST:DIRECTORY, on a machine outside the pool; sr: the uuid of a shared SR with files",
    },
    here: {
      type: "boolean",
      description: "ssh: only the part of this host, for one that was not reached; sets no parameter",
    },
    all: { type: "boolean", description: "test: on every host" },
    yes: { type: "boolean", description: "does not ask" },
    json: { type: "boolean", description: "for programs: what is set, or the test" },
  },
  async run(args, ports) {
    const { choice, place } = args;
    const options = {
      ...{ here: args.here === true, all: args.all === true },
      ...{ yes: args.yes === true, json: args.json === true },
    };
    checkOptions(choice, options);
    if (choice === "ssh" || choice === "sr") {
      const text = placeText(choice, place);
      if (!options.yes && !options.here) wantTerminal(ports, "tie-breaker");
      return withPool(ports, (pool) => setPlace(choice, text, options, pool, ports));
    }
    if (place !== undefined)
      throw new UsageError(
        `Cannot run tie-breaker ${choice}: it takes no place, and ${place} is one too many`,
      );
    if (choice === "none" || choice === "ip") {
      if (!options.yes) wantTerminal(ports, "tie-breaker");
      return withPool(ports, (pool) => choose(choice, null, options, pool, ports));
    }
    return withPool(ports, (pool) =>
      choice === "test" ? testTie(options, pool, ports) : showTie(options.json, pool, ports),
    );
  },
});

function checkOptions(choice: string | undefined, { here, all, json }: Options): void {
  if (choice !== undefined && !TIE_WORDS.includes(choice)) {
    const near = nearestWord(choice, TIE_WORDS);
    const hint = near === undefined ? `there are ${TIE_WORDS.join(", ")}` : `did you mean ${near}?`;
    throw new UsageError(`Cannot run tie-breaker ${choice}: there is no such choice; ${hint}`);
  }
  const refuse = (option: string, why: string): never => {
    throw new UsageError(`Cannot run tie-breaker: ${option} goes with ${why}`);
  };
  if (here && choice !== "ssh") refuse("--here", "ssh");
  if (all && choice !== "test") refuse("--all", "test");
  if (json && choice !== undefined && choice !== "test") refuse("--json", "test, or with no choice");
}

/** The place as it is stored. */
function placeText(kind: "ssh" | "sr", typed: string | undefined): string {
  const form = kind === "ssh" ? "USER@HOST:DIRECTORY" : "the uuid of a shared SR with files";
  if (typed === undefined) throw new UsageError(`Cannot run tie-breaker ${kind}: it needs ${form}`);
  const row = rowOf("TIE_BREAKER_PLACE").kind;
  const parsed = row.parse(typed);
  if (!parsed.ok) throw new UsageError(`Cannot run tie-breaker ${kind}: ${parsed.why}`);
  const text = row.render(parsed.value);
  if (fittingPlace(kind, text) === null)
    throw new UsageError(`Cannot run tie-breaker ${kind}: ${typed} is no place for it; it needs ${form}`);
  return text;
}

async function setPlace(
  kind: "ssh" | "sr",
  text: string,
  options: Options,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const at = parseTiePlace(text);
  const wrong = at === null ? "it is no place" : await whyNoPlace(at, pool, ports);
  if (at === null || wrong !== null) {
    ports.stderr(`Cannot set the tie-breaker: ${wrong}.\n`);
    return EXIT.failed;
  }
  const all = await hostsToAsk(pool, ports);
  const hosts = options.here ? all.filter(({ isSelf }) => isSelf) : all;
  const place: NewPlace = { kind, text, isQuiet: options.yes };
  const stopped =
    (at.kind === "ssh" ? await setUpSsh(place, at, hosts, pool, ports) : null) ??
    (await testEach(place, hosts, pool, ports));
  if (stopped !== null || options.here) return stopped ?? EXIT.done;
  return choose(kind, text, options, pool, ports);
}

const STORAGES_MS = 60_000;

/** Why a place is none for the hosts of this pool, whatever it answers; null: nothing speaks against it. */
async function whyNoPlace(
  at: TiePlace,
  { database, resolved }: PoolAccess,
  ports: CliPorts,
): Promise<string | null> {
  const hosts = database?.hosts ?? [];
  if (at.kind === "ssh") {
    const inside = hosts.find(({ address, name }) => [address, name].includes(at.address));
    return inside === undefined ? null : `${inside.name} is a host of the pool, and dies with its half`;
  }
  const survey = ports.openSurvey(resolved.settings.XE_TIMEOUT * 1_000);
  try {
    const listed = await withDeadline(
      ports.clock,
      STORAGES_MS,
      neverAborts(),
      (signal) => survey.storages(signal),
      () => ({ ok: false, fault: { kind: "timeout" } }) as const,
    );
    if (!listed.ok) return `the SRs could not be listed: ${describeFault(listed.fault)}`;
    const [bad] = judgeStorage(at, listed.value, hosts, "");
    return bad === undefined ? null : bad.text;
  } finally {
    await survey.close();
  }
}

/** Says what the choice means, asks, and writes the parameters. */
async function choose(
  choice: TieChoice,
  place: string | null,
  { yes }: Options,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { settings } = pool.resolved;
  const about = tiePool(pool, place);
  ports.stdout(`\n${wrapText(withoutChoice(about) ?? choiceText(choice, about), "")}`);
  if (choice === "ip" && settings.FENCE_HEURISTICS_IPS.length === 0)
    ports.stderr("Warning: there are no heuristic IPs: ha-cfg set FENCE_HEURISTICS_IPS\n");
  if (choice === "none" && settings.FENCE_USE_IP_HEURISTICS)
    ports.stderr("Warning: FENCE_USE_IP_HEURISTICS=1 stands for ip: ha-cfg set FENCE_USE_IP_HEURISTICS 0\n");
  const wanted: readonly (readonly [ParameterName, string])[] = [
    ...(place === null ? [] : [["TIE_BREAKER_PLACE", place] as const]),
    ["TIE_BREAKER", choice],
  ];
  const changes = planChanges(wanted, pool.database.pool.otherConfig);
  if (changes.length === 0) {
    ports.stdout("\nThe parameters already have these values: nothing was changed.\n");
    return EXIT.done;
  }
  ports.stdout(`\n${renderChanges(changes)}`);
  if (!(await confirm(ports, "tie-breaker", "Set this?", yes))) return EXIT.failed;
  return writeParameters(ports, pool, changes);
}
