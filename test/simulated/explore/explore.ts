import { explore } from "./explorer.ts";
import { SEARCHES } from "./searches.ts";

const USAGE = `Usage: npm run explore -- [--list] [PART OF A NAME]...

Looks at everything that can happen in small groups of hosts: datagrams lost, late, repeated and out of order, monitors
killed, files lost. Prints the shortest story of the first broken rule. Without a name: all searches, some ten minutes.

  --list   the names of the searches

Exit code: 0 no rule breaks, 1 one does, 2 wrong usage.
`;
const LIMITS = { states: 40_000_000, seconds: 1_800 };

function main(words: readonly string[]): number {
  if (words.includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (words.includes("--list")) {
    process.stdout.write(`${SEARCHES.map(({ name }) => name).join("\n")}\n`);
    return 0;
  }
  const chosen = SEARCHES.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  if (chosen.length === 0) {
    process.stderr.write(`No search is called so.\n${USAGE}`);
    return 2;
  }
  const failed = chosen.filter(({ name, world }) => {
    process.stdout.write(`${name}: `);
    const { states, steps, seconds, complete, failure } = explore(world(), LIMITS);
    const end =
      failure?.rule ?? (complete ? "everything seen, no rule broken" : "given up, not everything seen");
    process.stdout.write(`${end}; ${states} states, ${steps} steps, ${seconds.toFixed(1)} s\n`);
    for (const line of failure?.story ?? []) process.stdout.write(`  ${line}\n`);
    return failure !== null;
  });
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
