import type { SshPlace } from "../config/tie-place.ts";
import { type AskedHost, askHosts, type HostAnswers } from "./ask-hosts.ts";
import { type CliPorts, EXIT, type ExitCode } from "./cli-ports.ts";
import type { PoolAccess } from "./pool-access.ts";
import { plainText, wrapText } from "./screens/text.ts";

/** A place that is about to be used. */
export interface NewPlace {
  readonly kind: "ssh" | "sr";
  /** As TIE_BREAKER_PLACE will say it. */
  readonly text: string;
  /** Nobody is asked anything. */
  readonly isQuiet: boolean;
}

/** Somebody copies lines into a file, and tries again. */
const MOST_ROUNDS = 20;

/** Keys, host keys and the folder of a place of ssh, on each of these hosts. null: done; else what the action ends with. */
export async function setUpSsh(
  place: NewPlace,
  at: SshPlace,
  hosts: readonly AskedHost[],
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode | null> {
  const { setUp } = ports.tieBreaker("ssh", place.text);
  if (setUp === null) throw new Error(`${place.text} is no place of ssh`);
  const keys = await askHosts(hosts, ports, (signal) => setUp.publicKey(signal), pool.xapi.tieKey);
  const without = keys.flatMap(({ host, answer }) =>
    answer.kind === "answer" && "why" in answer.value ? [`${host.name}: ${answer.value.why}`] : [],
  );
  if (without.length > 0) return refuse(without, ports);
  showKeys(keys, at, ports);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const prepared = await askHosts(
      hosts,
      ports,
      (signal) => setUp.prepare(signal),
      (host, signal) => pool.xapi.prepareTie(host, place.text, signal),
    );
    const failed = failures(prepared);
    if (failed.length === 0) return null;
    ports.stderr(failed.map((line) => `${plainText(line)}\n`).join(""));
    if (place.isQuiet || !ports.keyboard.isTerminal) {
      ports.stderr("Nothing was changed. Add the lines above there, and run this again.\n");
      return EXIT.failed;
    }
    const answer = await ports.keyboard.readLine("Try again? (yes/no) ", true);
    if (answer?.trim().toLowerCase() !== "yes") break;
  }
  ports.stderr("Nothing was changed.\n");
  return EXIT.failed;
}

function showKeys(
  keys: HostAnswers<{ readonly key: string } | { readonly why: string }>,
  { user, address }: SshPlace,
  ports: CliPorts,
): void {
  const lines = keys.flatMap(({ answer }) =>
    answer.kind === "answer" && "key" in answer.value ? [`restrict ${answer.value.key}\n`] : [],
  );
  const text = `Each host logs in at ${address} as ${user} with a key of its own. These lines belong into the file .ssh/authorized_keys of ${user} there; an old sshd wants them without the first word:`;
  ports.stdout(`${wrapText(text, "")}\n${lines.join("")}\n`);
}

/** Claims and removes on each host something that nobody uses. null: every host that was reached can; else what the action ends with. */
export async function testEach(
  place: NewPlace,
  hosts: readonly AskedHost[],
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode | null> {
  const tested = await testHosts(place, hosts, pool, ports);
  const failed = failures(tested);
  if (failed.length > 0) return refuse(failed, ports);
  for (const { host, answer } of tested) {
    if (answer.kind === "answer") ports.stdout(`${plainText(host.name)}: can claim ${place.text}\n`);
    else
      ports.stderr(
        `Warning: ${plainText(host.name)} was not reached: ${plainText(answer.why)}. It can claim nothing until this is run there: ha-cfg tie-breaker ${place.kind} ${place.text} --here\n`,
      );
  }
  return null;
}

/** What is wrong with a place, as each of these hosts tests it. */
export function testHosts(
  { kind, text }: Pick<NewPlace, "kind" | "text">,
  hosts: readonly AskedHost[],
  pool: Pick<PoolAccess, "xapi">,
  ports: CliPorts,
): Promise<HostAnswers<string | null>> {
  return askHosts(
    hosts,
    ports,
    (signal) => ports.tieBreaker(kind, text).ties.test(signal),
    (host, signal) => pool.xapi.testTie(host, kind, text, signal),
  );
}

function failures(answers: HostAnswers<string | null>): readonly string[] {
  return answers.flatMap(({ host, answer }) =>
    answer.kind === "answer" && answer.value !== null ? [`${host.name}: ${answer.value}`] : [],
  );
}

function refuse(lines: readonly string[], ports: CliPorts): ExitCode {
  ports.stderr(`${lines.map((line) => `${plainText(line)}\n`).join("")}Nothing was changed.\n`);
  return EXIT.failed;
}
