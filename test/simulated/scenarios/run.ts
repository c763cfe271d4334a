import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runPass } from "../../../src/app/pass/iterate.ts";
import { type SimPool, type SimPoolOptions, simulatePool } from "../../../src/simulation/pool.ts";
import { type Broken, Invariants } from "../invariants/invariants.ts";
import { judge } from "./expect.ts";
import { type Line, parseDuration, parseParams, parseScript } from "./script.ts";
import { renderStory } from "./story.ts";
import { act } from "./verbs.ts";

/** pool.json: what the pool is made of; `vmsPerHost: 2` stands for vm1 on h1, vm2 on h2 and so on. */
interface PoolFile extends Omit<SimPoolOptions, "runPass" | "params"> {
  readonly vmsPerHost?: number;
  /** The fence method proves nothing, or a device lies: the administrator's risk, so double runs are no failure. */
  readonly withoutProof?: boolean;
}

/** What became of a scenario. */
export interface ScenarioResult {
  readonly story: string;
  /** Claims of the script that did not hold, and rules that were broken; empty is good. */
  readonly failures: readonly string[];
}

/** Secrets that every scenario has set, and that may appear nowhere. */
const SECRETS = { FENCE_PASSWD: "s3cret-of-the-bmc", SMTP_PASS: "s3cret-of-the-mail" };

/** Plays the scenario of a directory: pool.json, params.conf, script.txt. */
export async function playScenario(directory: string): Promise<ScenarioResult> {
  const read = (name: string): string => readFileSync(join(directory, name), "utf8");
  const file = JSON.parse(read("pool.json")) as PoolFile;
  const params = existsSync(join(directory, "params.conf")) ? parseParams(read("params.conf")) : {};
  const pool = simulatePool({ ...optionsOf(file), params: { ...SECRETS, ...params }, runPass });
  const invariants = new Invariants(pool.world, {
    disks: pool.disks,
    secrets: Object.values(SECRETS),
    withoutProof: file.withoutProof === true,
  });
  const failures: string[] = [];
  for (const line of parseScript(read("script.txt"))) {
    const failure = await playLine(pool, line);
    if (failure !== null) failures.push(`script.txt:${line.number}: ${line.text}: ${failure}`);
  }
  failures.push(...invariants.forbidden().map(describeBroken));
  return { story: renderStory(pool.world.log), failures };
}

function optionsOf(file: PoolFile): Omit<SimPoolOptions, "params"> {
  const { vmsPerHost, withoutProof: _, ...options } = file;
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

function describeBroken({ atMs, rule, text }: Broken): string {
  return `rule ${rule} broken at ${(atMs / 1_000).toFixed(1)} s: ${text}`;
}
