import { expect, test } from "bun:test";
import { join } from "node:path";

const FUZZ = join(import.meta.dir, "fuzz.ts");

async function fuzz(...args: readonly string[]) {
  const child = Bun.spawn([process.execPath, FUZZ, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  return { said: await new Response(child.stdout).text(), code: await child.exited };
}

test("every file and every answer that the program reads, damaged 200 times: no crash, no action, under 200 MB", async () => {
  const { said, code } = await fuzz("--runs", "200");
  expect(said).toContain(", 0 failures, ");
  expect(said.split("\n").filter((line) => line.includes("200 inputs,")).length).toBeGreaterThan(25);
  expect(code).toBe(0);
}, 180_000);

test("a target that is not there is a failure, not a success of nothing", async () => {
  const { said, code } = await fuzz("--target", "no such target");
  expect([said, code]).toEqual([expect.stringContaining("0 targets"), 1]);
});
