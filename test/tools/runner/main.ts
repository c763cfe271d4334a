import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { addCounts, type Counts, countTests, failedTests, renderCounts } from "./counts.ts";
import { aboutText, longestSeconds, usualSeconds } from "./durations.ts";
import { nicenessOf, type Schedule, scheduleOf } from "./lanes.ts";
import { CONCURRENT_TESTS, listRings, type Ring } from "./rings.ts";

/** Lines of a failed ring's log that are shown; the whole log is named beside them. */
const SHOWN_LINES = 400;

/**
 * For a test or a hook that names no deadline of its own. Bun's 5 s would count a busy disk as a failure: a hook that
 * removes some thousand files beside the ring that uses the processor was seen to take 6 s.
 */
const USUAL_DEADLINE_MS = 180_000;

/** What only computes has the ring's limit and no other: it is last in line for the processor, for minutes if need be. */
const testDeadlineMs = ({ name, deadlineMs }: Ring): number =>
  nicenessOf(name) > 0 ? deadlineMs : USUAL_DEADLINE_MS;

interface RingReport {
  readonly counts: Counts;
  readonly leftOut: boolean;
  /** `ring: what` of each test that failed, as far as the log names them. */
  readonly failures: readonly string[];
}

/** The rings of this run, in their order, so that each can say which of them it is. */
interface Run {
  readonly logs: string;
  readonly names: readonly string[];
}

async function runRing(ring: Ring, { logs, names }: Run): Promise<RingReport> {
  const lacking = ring.needs.filter((command) => Bun.which(command) === null);
  if (lacking.length > 0) return leaveOut(ring, `${lacking.join(", ")} missing`);
  if (ring.name === "e2e" && !namespacesAllowed()) return leaveOut(ring, "namespaces are not allowed here");
  const place = `${names.indexOf(ring.name) + 1} of ${names.length}`;
  console.log(`ring ${place}: ${ring.name}, ${aboutText(usualSeconds(ring.name))}`);
  const log = join(logs, `${ring.name}.log`);
  const output = openSync(log, "a");
  const startedMs = performance.now();
  const child = Bun.spawn(
    [
      "nice",
      "-n",
      String(nicenessOf(ring.name)),
      process.execPath,
      "test",
      "--no-orphans",
      "--only-failures",
      `--timeout=${testDeadlineMs(ring)}`,
      `--max-concurrency=${CONCURRENT_TESTS}`,
      ...(ring.workers > 1 ? [`--parallel=${ring.workers}`] : []),
      ...(ring.sharesModules ? ["--no-isolate"] : []),
      ...ring.paths.map((path) => (path.endsWith(".ts") ? path : `${path}/`)),
    ],
    { stdin: "ignore", stdout: output, stderr: output, env: { ...process.env, AGENT: "0", NO_COLOR: "1" } },
  );
  const deadline = setTimeout(() => child.kill("SIGKILL"), ring.deadlineMs);
  const exitCode = await child.exited;
  clearTimeout(deadline);
  const text = readFileSync(log, "utf8");
  const counts = countTests(text, exitCode);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${ring.name.padEnd(13)} ${renderCounts(counts)}  (${seconds} s)`);
  if (counts.failed === 0) return { counts, leftOut: false, failures: [] };
  showFailure(ring, log, exitCode);
  return { counts, leftOut: false, failures: failedTests(text).map((test) => `${ring.name}: ${test}`) };
}

function leaveOut(ring: Ring, why: string): RingReport {
  console.log(`${ring.name.padEnd(13)} LEFT OUT: ${why}`);
  return { counts: { passed: 0, failed: 0, skipped: 1 }, leftOut: true, failures: [] };
}

function showFailure(ring: Ring, log: string, exitCode: number): void {
  const lines = readFileSync(log, "utf8").split("\n");
  console.log(`----- ${ring.name}: exit status ${exitCode}, log ${log}`);
  console.log(lines.slice(-SHOWN_LINES).join("\n"));
  console.log("-----");
}

/** A container may forbid them; root needs CAP_SYS_ADMIN, others a user namespace. */
function namespacesAllowed(): boolean {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const probe = ["unshare", ...user, "--net", "--mount", "--pid", "--fork", "--mount-proc", "true"];
  return Bun.spawnSync(probe, { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).exitCode === 0;
}

async function runInTurn(rings: readonly Ring[], run: Run): Promise<readonly RingReport[]> {
  const reports: RingReport[] = [];
  for (const ring of rings) reports.push(await runRing(ring, run));
  return reports;
}

async function runAll({ below, above }: Schedule, run: Run): Promise<readonly RingReport[]> {
  const atOnce = async (lists: readonly (readonly Ring[])[]) =>
    (await Promise.all(lists.map((rings) => runInTurn(rings, run)))).flat();
  const computed = atOnce(below);
  const waited: RingReport[] = [];
  for (const lists of above) waited.push(...(await atOnce(lists)));
  return [...(await computed), ...waited];
}

/** Runs the rings (all, or those named) and ends with the one line that counts them. */
async function main(names: readonly string[]): Promise<number> {
  const testFolder = resolve(import.meta.dir, "../..");
  const rings = listRings(testFolder);
  const unknown = names.filter((name) => !rings.some((ring) => ring.name === name));
  if (unknown.length > 0) {
    console.error(`no ring ${unknown.join(", ")}; there are ${rings.map((ring) => ring.name).join(", ")}`);
    return 2;
  }
  const logs = mkdtempSync(join(tmpdir(), "ha-lizard-test-"));
  console.log(`logs: ${logs}`);
  const wanted = rings.filter((ring) => names.length === 0 || names.includes(ring.name));
  const schedule = scheduleOf(wanted);
  console.log(`${wanted.length} rings, ${aboutText(longestSeconds(schedule))} on two cores`);
  const reports = await runAll(schedule, { logs, names: wanted.map(({ name }) => name) });
  for (const failure of reports.flatMap(({ failures }) => failures)) console.log(`failed  ${failure}`);
  const total = addCounts(reports.map((report) => report.counts));
  const leftOut = reports.some((report) => report.leftOut) && process.env["CI"] === "true";
  if (leftOut) console.log("a ring was left out, which is a failure with CI=true");
  console.log(renderCounts(total));
  return total.failed > 0 || leftOut ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
