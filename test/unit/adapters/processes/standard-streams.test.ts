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

test("writeOutput: a pipe that is closed, and a full disk, are no reason to crash", async () => {
  expect(await startProgram(scratch, "writes", WRITES).stderr.text()).toBe("lives");
  for (const way of ['"$@" | true', '"$@" >/dev/full']) {
    const command = [process.execPath, `${scratch.dir}/writes.ts`];
    const child = Bun.spawn(["sh", "-c", way, "sh", ...command], { stdout: "ignore", stderr: "pipe" });
    expect(await child.stderr.text()).toBe("lives");
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
