import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom } from "../../../src/simulation/random.ts";
import { eventsTarget, mailTarget, pingTarget } from "./answer-targets.ts";
import { fileTargets } from "./file-targets.ts";
import { GROUP_TARGETS } from "./group-targets.ts";
import { PASS_TARGETS } from "./pass-targets.ts";
import { recordTargets } from "./record-targets.ts";
import type { Target } from "./target.ts";
import { TEXT_TARGETS } from "./text-targets.ts";

/** What one process may need for all of it. */
const MOST_MB = 200;
/** What is left over of so many inputs is collected: more than that is a leak, and no garbage. */
const COLLECT_EVERY = 20;
/** Longer than this for one input is a hang. */
const INPUT_MS = 20_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    target: { type: "string", default: "" },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const from = Number(values.from);

/** The most memory that this process has had, in megabytes. */
function peakMb(): number {
  const [, kb = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kb) / 1_024;
}

/** Plays the inputs of one target; what the first failure was, or null. */
async function playAll({ name, play }: Target): Promise<string | null> {
  const began = performance.now();
  for (let number = from; number < from + runs; number++) {
    const again = `test/run fuzz --target "${name}" --seed ${seed} --from ${number} --runs 1`;
    const late = setTimeout(() => {
      console.log(`FAILED  ${name}: no end within ${INPUT_MS / 1_000} s; again: ${again}`);
      process.exit(1);
    }, INPUT_MS);
    try {
      await play(createRandom(seed * 1_000_003 + number));
      if (number % COLLECT_EVERY === 0) Bun.gc(true);
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return `${name}: ${why}\nagain: ${again}`;
    } finally {
      clearTimeout(late);
    }
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${name.padEnd(36)} ${runs} inputs, ${seconds} s, ${Math.round(peakMb())} MB`);
  return null;
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "ha-lizard-fuzz-"));
  const mail = await mailTarget();
  try {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/ping"), `#!/bin/sh\nexec cat '${folder}/ping.said'\n`);
    chmodSync(join(folder, "bin/ping"), 0o755);
    const ping = pingTarget(join(folder, "bin"), (text) => writeFileSync(join(folder, "ping.said"), text));
    const files = fileTargets((name) => join(folder, name));
    const records = await recordTargets((name) => join(folder, name));
    const texts = [...TEXT_TARGETS, ...GROUP_TARGETS, ...records];
    const all = [...texts, ...files, eventsTarget, mail, ping, ...PASS_TARGETS];
    const wanted = all.filter(({ name }) => name.includes(values.target));
    const failures: string[] = [];
    for (const target of wanted) {
      const failure = await playAll(target);
      if (failure !== null) failures.push(failure);
    }
    for (const failure of failures) console.log(`FAILED  ${failure}`);
    const mb = Math.round(peakMb());
    if (mb >= MOST_MB) console.log(`FAILED  ${mb} MB, more than ${MOST_MB}`);
    console.log(`${wanted.length} targets, ${runs} inputs each, ${failures.length} failures, ${mb} MB`);
    return failures.length > 0 || mb >= MOST_MB || wanted.length === 0 ? 1 : 0;
  } finally {
    await mail.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit(await main());
