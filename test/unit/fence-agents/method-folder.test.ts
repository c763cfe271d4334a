import { expect, test } from "bun:test";
import { methodFolder } from "../../../src/fence-agents/method-folder.ts";
import { useScratch } from "../adapters/scratch.ts";

const scratch = useScratch("method-folder");

test("methodFolder: a built-in method's list is below FENCE_FILE_LOC when it is there, else in the standard place", () => {
  scratch.file("own/IPMI/IPMI.hosts", "");
  scratch.file("own/ILO/ILO.sh", "");
  expect(methodFolder("IPMI", scratch.path("own"), "/std")).toBe(scratch.path("own/IPMI"));
  expect(methodFolder("ILO", scratch.path("own"), "/std")).toBe("/std/ILO");
  expect(methodFolder("ILO", "/nowhere", "/std")).toBe("/std/ILO");
});
