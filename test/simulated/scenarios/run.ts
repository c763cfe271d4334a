import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runPass } from "../../../src/app/pass/iterate.ts";
import { type SimPool, type SimPoolOptions, simulatePool } from "../../../src/simulation/pool.ts";
import type { LogEntry } from "../../../src/simulation/world.ts";
import { type Broken, Invariants } from "../invariants/invariants.ts";
import { judge } from "./expect.ts";
import { type PoolFile, paramsOf, poolOf } from "./presets.ts";
import { Replayed } from "./replayed.ts";
import { type Line, parseDuration, parseScript, type Script } from "./script.ts";
import { type Alerts, renderStory } from "./story.ts";
import { act } from "./verbs.ts";

/** What became of a scenario. */
export interface ScenarioResult {
  readonly story: string;
  /** So many claims the script has. */
  readonly claims: number;
  /** Claims of the script that did not hold, and rules that were broken; empty is good. */
  readonly failures: readonly string[];
}

/** Secrets that every scenario has set, and that may appear nowhere. */
const SECRETS = { FENCE_PASSWD: "s3cret-of-the-bmc", SMTP_PASS: "s3cret-of-the-mail" };

/** Plays the scenario of a directory: its script.txt, and pool.json where no preset describes the pool. */
export async function playScenario(directory: string, alerts?: Alerts): Promise<ScenarioResult> {
  const text = readFileSync(join(directory, "script.txt"), "utf8");
  return playScript(text, poolBeside(directory), alerts);
}

/** What the pool.json of a scenario's folder says of the pool; nothing where there is none. */
export function poolBeside(
  folder: string,
  read: (path: string) => string = (path) => readFileSync(path, "utf8"),
): Partial<PoolFile> {
  const path = join(folder, "pool.json");
  return existsSync(path) ? (JSON.parse(read(path)) as Partial<PoolFile>) : {};
}

/** Plays the text of a script; `own` overrides what its presets say of the pool. */
export async function playScript(
  text: string,
  own: Partial<PoolFile> = {},
  alerts?: Alerts,
  render?: (entry: LogEntry) => string | null,
): Promise<ScenarioResult> {
  const script = parseScript(text);
  const file = poolFileOf(script, own);
  const params = paramsOf(script.params);
  const pool = simulatePool({ ...optionsOf(file), params: { ...SECRETS, ...params }, runPass });
  const invariants = new Invariants(pool.world, {
    disks: pool.disks,
    secrets: Object.values(SECRETS),
    withoutProof: file.withoutProof === true,
    strict: file.strict === true,
  });
  const record = new Replayed(pool.world, Object.values(SECRETS));
  const failures: string[] = [];
  for (const line of script.lines) {
    const failure = await withPlace(line, () => playLine(pool, line));
    if (failure !== null) failures.push(`script.txt:${line.number}: ${line.text}: ${failure}`);
  }
  failures.push(...pool.world.log.filter(({ what }) => what === "start-refused").map(describeRefused));
  failures.push(...invariants.forbidden().map(describeBroken), ...record.failures);
  const claims = script.lines.filter(({ words }) => words[0] === "expect").length;
  return { story: renderStory(pool.world.log, alerts, render), claims, failures };
}

/** What cannot be understood says where it stands. */
async function withPlace<T>({ number, text }: Line, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw new Error(`script.txt:${number}: ${text}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The presets that the script names, and what `own` has instead or besides. */
function poolFileOf(script: Script, own: Partial<PoolFile>): PoolFile {
  const presets = poolOf(script.pool);
  const timings = { ...presets.timings, ...own.timings };
  const { hosts, ...others } = { ...presets, ...own, timings };
  if (hosts === undefined)
    throw new Error('Cannot play a script without a line "pool <preset>", and without hosts in pool.json');
  return { hosts, ...others };
}

function optionsOf(file: PoolFile): Omit<SimPoolOptions, "params"> {
  const { vmsPerHost, withoutProof: _, strict: __, ...options } = file;
  if (vmsPerHost === undefined) return options;
  const hosts = typeof file.hosts === "number" ? file.hosts : file.hosts.length;
  const vms = Array.from({ length: hosts * vmsPerHost }, (_unused, index) => ({
    name: `vm${index + 1}`,
    on: (index % hosts) + 1,
  }));
  return { ...options, vms: [...vms, ...(file.vms ?? [])] };
}

/** An order is carried out; a claim is looked at, `within 30s` until it holds. Returns what is wrong, or null. */
async function playLine(pool: SimPool, line: Line): Promise<string | null> {
  await pool.run(Math.max(0, line.atMs - pool.world.nowMs()));
  const [verb, ...args] = line.words;
  if (verb === "end") return null;
  if (verb !== "expect") {
    pool.world.record("script", { line: line.words.join(" ") });
    act(pool, line.words);
    return null;
  }
  if (args[0] === "not") return judge(pool, args.slice(1)) === null ? "but it is so" : null;
  if (args[0] !== "within") return judge(pool, args);
  const limitMs = parseDuration(args[1] ?? "");
  if (limitMs === null) throw new Error("expect within <time> <claim>");
  const claim = args.slice(2);
  return (await pool.until(() => judge(pool, claim) === null, limitMs)) ? null : judge(pool, claim);
}

/** The database had told that the VM cannot start: nobody may ask for it. */
const describeRefused = ({ atMs, ...refused }: LogEntry): string =>
  `a start of ${refused["vm"]} refused at ${(atMs / 1_000).toFixed(1)} s: ${refused["why"]}`;

function describeBroken({ atMs, rule, text }: Broken): string {
  return `rule ${rule} broken at ${(atMs / 1_000).toFixed(1)} s: ${text}`;
}
