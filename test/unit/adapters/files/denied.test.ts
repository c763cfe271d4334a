import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { deniedPath } from "../../../../src/adapters/files/denied.ts";
import { ScratchFolder } from "../scratch.ts";

const MODULE = resolve(import.meta.dir, "../../../../src/adapters/files/denied.ts");
const folder = new ScratchFolder();

test("deniedPath: what may be used, and what is missing, is not denied", () => {
  const path = folder.write("mine", "", 0o600);
  expect(
    deniedPath([
      { path, writes: true },
      { path: folder.at("missing"), writes: true },
    ]),
  ).toBeNull();
});

test("deniedPath: what is open to root alone is denied to anybody else", async () => {
  const path = folder.write("roots", "", 0o000);
  // The module is loaded before the user changes: the tree may be open to root alone.
  const code = `
    const { deniedPath } = await import(${JSON.stringify(MODULE)});
    if (process.getuid() === 0) process.setuid(65534);
    console.log(deniedPath([{ path: ${JSON.stringify(path)}, writes: false }]));`;
  const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "pipe" });
  expect((await new Response(child.stdout).text()).trim()).toBe(path);
});
