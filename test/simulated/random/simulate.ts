import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { renderStory } from "../scenarios/story.ts";
import { tellStory } from "../scenarios/tell.ts";
import { type Conditions, drawPlan, type Plan } from "./plan.ts";
import { play } from "./play.ts";
import { type SearchState, search } from "./search.ts";
import { shrink } from "./shrink.ts";
import { renderSums } from "./sums.ts";

const HELP = `Usage: npm run simulate -- [--seed N] [--runs N] [--hosts 2..8] [--workers N] [--resume FILE] [--verbose] [--never-back] [--as-measured] [--watches] [--storms] [--watchdog] [--tie] [--disarm]
       npm run simulate -- --story FILE

Plays random histories of simulated pools on virtual time: anything may fail, then everything is mended. Or one story, told in plain words.

  --story FILE   plays a scenario: a folder below test/simulated/scenarios, or a file like its script.txt. Says what
                 happens and when, and whether all that it expects is so

  --seed N       the first seed (default 1); with one run, its history is told when it fails
  --runs N       how many seeds (default 1 with --seed, else 1000)
  --hosts A..B   sizes of the pools (default 2..16)
  --workers N    processes (default: the number of cores)
  --resume FILE  keeps the state of a long search there, and goes on from it
  --verbose      the whole story of one seed, not only its last 50 events
  --never-back   one host of three or more stays dead when everything else is mended
  --as-measured  the pool is as hard as a real one where it is easier by default
  --watches      the monitors are woken by XAPI's events and by a silent master, as in Dom0
  --watchdog     the leases of the hosts prove that one is off, alone or after a fence device; clocks differ by one
                 part in a hundred, and monitors stand still; says why watchdogs have reset hosts
  --tie          in pools of even size one host claims the tie at a place outside the pool, which fails as anything else
  --disarm       HA is disarmed and armed, for the pool and for hosts, and monitors are killed
  --storms       what the monitors say to each other is lost, comes twice, and comes late

Exit code: 0 nothing broke a rule, 1 something did, or something that a story expects is not so, 2 wrong usage, or a story
that cannot be read.
`;

const LAST_EVENTS = 50;

interface Wishes {
  readonly seed: number;
  readonly runs: number;
  readonly least: number;
  readonly most: number;
  readonly workers: number;
  readonly resume: string | null;
  readonly verbose: boolean;
  readonly conditions: Conditions;
}

/** How somebody asks for one story. */
interface StoryWish {
  readonly story: string;
}

function parseWishes(): Wishes | StoryWish | string {
  const { values, tokens } = parseArgs({
    tokens: true,
    options: {
      story: { type: "string" },
      seed: { type: "string" },
      runs: { type: "string" },
      hosts: { type: "string", default: "2..16" },
      workers: { type: "string", default: String(availableParallelism()) },
      resume: { type: "string" },
      verbose: { type: "boolean", default: false },
      "never-back": { type: "boolean", default: false },
      "as-measured": { type: "boolean", default: false },
      watches: { type: "boolean", default: false },
      storms: { type: "boolean", default: false },
      watchdog: { type: "boolean", default: false },
      tie: { type: "boolean", default: false },
      disarm: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return HELP;
  if (values.story !== undefined) {
    if (tokens.length > 1) throw new Error("--story FILE stands alone: the story says all that there is");
    return { story: values.story };
  }
  const range = /^(\d+)(?:\.\.(\d+))?$/.exec(values.hosts);
  const seed = Number(values.seed ?? "1");
  const runs = Number(values.runs ?? (values.seed === undefined ? "1000" : "1"));
  const workers = Number(values.workers);
  const [least, most] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
  const numbers = [seed, runs, workers, least, most];
  if (!numbers.every((number) => Number.isInteger(number) && number > 0))
    throw new Error("whole numbers above 0 are wanted");
  if (least < 2 || most > 16 || least > most)
    throw new Error("--hosts: 2..16 at most, the smaller one first");
  const { resume = null, verbose, watches, storms, watchdog, tie, disarm } = values;
  const conditions = {
    ...{ neverBack: values["never-back"], asMeasured: values["as-measured"] },
    ...{ watches, storms, watchdog, tie, disarm },
  };
  return { seed, runs, least, most, workers, resume, verbose, conditions };
}

/** One history, with its story when it fails or when asked for. */
async function tellOne({ seed, least, most, verbose, conditions }: Wishes): Promise<number> {
  const plan = drawPlan(seed, least, most, conditions);
  const played = await play(plan);
  const bad = played.failures.length > 0;
  if (verbose || bad)
    process.stdout.write(
      `${renderPlan(plan)}\n${renderStory(verbose ? played.log : played.log.slice(-LAST_EVENTS))}`,
    );
  for (const failure of played.failures) console.log(`FAILED  ${failure}`);
  console.log(
    `seed ${seed}: ${bad ? "failed" : "good"}, ${(played.tally.virtualMs / 60_000).toFixed(0)} virtual minutes, log ${played.fingerprint}`,
  );
  if (!bad) return 0;
  const rule = ruleOf(played.failures[0] ?? "");
  const small = await shrink(plan, async (candidate) =>
    (await play(candidate)).failures.some((failure) => ruleOf(failure) === rule),
  );
  console.log(
    `\nwhat is left of it when nothing more can be taken away, as a scenario:\n${renderPlan(small)}`,
  );
  return 1;
}

async function tell({ story }: StoryWish): Promise<number> {
  try {
    const { text, isGood } = await tellStory(story);
    process.stdout.write(text);
    return isGood ? 0 : 1;
  } catch (error) {
    console.error(`Cannot play the story: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
}

/** The conditions of a search as it was asked for. */
function optionsOf(conditions: Conditions): string {
  const wished = Object.entries(conditions).filter(([, isWished]) => isWished);
  return wished
    .map(([name]) => ` --${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
    .join("");
}

const ruleOf = (failure: string): string => failure.split(" at ", 1)[0]?.replace(/\d+/g, "#") ?? failure;

/** A plan as the files of a scenario. */
function renderPlan({ hosts, vms, externals, params, steps, healS, chaos, weather, seed }: Plan): string {
  const pool = JSON.stringify({ hosts, seed, externals, vms });
  const settings = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  const script = steps.map(({ atS, words }) => `${atS.toFixed(1)}s  ${words.join(" ")}`);
  return [
    `pool.json    ${pool}`,
    `faulty calls ${chaos === null ? "none" : JSON.stringify(chaos)}`,
    `datagrams    ${weather === null ? "all arrive" : JSON.stringify(weather)}`,
    "script.txt",
    `  params ${settings.join(" ")}`,
    ...script.map((line) => `  ${line}`),
    `  ${healS.toFixed(1)}s  (everything is mended)`,
  ].join("\n");
}

async function searchMany(wishes: Wishes): Promise<number> {
  const { seed, runs, least, most, workers, resume, conditions } = wishes;
  const from =
    resume !== null && existsSync(resume) ? (JSON.parse(readFileSync(resume, "utf8")) as SearchState) : null;
  const startedMs = performance.now();
  let told = 0;
  const onProgress = (state: SearchState): void => {
    if (resume !== null) {
      writeFileSync(`${resume}.tmp`, JSON.stringify(state));
      renameSync(`${resume}.tmp`, resume);
    }
    if (performance.now() - told < 10_000) return;
    told = performance.now();
    console.error(
      `${state.next - seed} of ${runs} histories, ${state.failures.length} failed, ${((told - startedMs) / 1_000).toFixed(0)} s`,
    );
  };
  const state = await search({
    first: seed,
    runs,
    least,
    most,
    workers,
    conditions,
    onProgress,
    ...(from === null ? {} : { from }),
  });
  console.log(renderSums(state.sums));
  for (const { seed: bad, failures } of state.failures) {
    console.log(`\nseed ${bad}`);
    for (const failure of failures) console.log(`  FAILED  ${failure}`);
    console.log(
      `  npm run simulate -- --seed ${bad} --hosts ${least}..${most}${optionsOf(conditions)} --verbose`,
    );
  }
  return state.failures.length > 0 ? 1 : 0;
}

try {
  const wishes = parseWishes();
  if (typeof wishes === "string") process.stdout.write(wishes);
  else if ("story" in wishes) process.exitCode = await tell(wishes);
  else process.exitCode = wishes.runs === 1 ? await tellOne(wishes) : await searchMany(wishes);
} catch (error) {
  console.error(`Cannot simulate: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exitCode = 2;
}
