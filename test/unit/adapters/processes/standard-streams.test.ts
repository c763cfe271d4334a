import { expect, test } from "bun:test";
import { startProgram, useScratch } from "../scratch.ts";

const scratch = useScratch("streams");
const WRITES = `
import { writeError, writeOutput } from "$src/adapters/processes/standard-streams.ts";
for (let line = 0; line < 100; line++) writeOutput("a line that nobody reads, and that no disk takes\\n");
await Bun.sleep(50);
writeOutput("more\\n");
await Bun.sleep(50);
writeError("lives");`;

test("writeOutput: a pipe that is closed is no reason to crash, and no fault", async () => {
  const program = startProgram(scratch, "writes", WRITES);
  expect(await program.stderr.text()).toBe("lives");
  const command = [process.execPath, `${scratch.dir}/writes.ts`];
  const way = '{ "$@"; echo $? >&2; } | true';
  const child = Bun.spawn(["sh", "-c", way, "sh", ...command], { stdout: "ignore", stderr: "pipe" });
  expect(await child.stderr.text()).toBe("lives0\n");
});

test("writeOutput: a full disk is said once and is a failure, whatever the program ends with", async () => {
  for (const [name, end, code] of [
    ["full", "", 1],
    ["full-0", "process.exitCode = exitCodeAfterOutput(0);", 1],
    ["full-3", "process.exitCode = exitCodeAfterOutput(3);", 3],
  ] as const) {
    const program = `${WRITES.replace("writeError,", "exitCodeAfterOutput, writeError,")}\n${end}`;
    await startProgram(scratch, name, program).exited;
    const command = [process.execPath, `${scratch.dir}/${name}.ts`];
    const child = Bun.spawn(["sh", "-c", '"$@" >/dev/full', "sh", ...command], { stderr: "pipe" });
    expect(await child.stderr.text()).toBe("Cannot write the output: the disk is full\nlives");
    expect(await child.exited).toBe(code);
  }
});

test("hasTerminal: only when standard error is one", async () => {
  const shows = `import { hasTerminal } from "$src/adapters/processes/standard-streams.ts"; process.stdout.write(String(hasTerminal()));`;
  const program = startProgram(scratch, "shows", shows);
  expect(await program.stdout.text()).toBe("false");
  const onTerminal = `${process.execPath} ${scratch.dir}/shows.ts`;
  const child = Bun.spawn(["script", "-qec", onTerminal, "/dev/null"], {
    stdin: "ignore",
    stdout: "pipe",
    env: { ...process.env, SHELL: "/bin/sh" },
  });
  expect(await child.stdout.text()).toBe("true");
});
