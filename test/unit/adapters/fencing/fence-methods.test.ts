import { describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { createFenceMethods } from "../../../../src/adapters/fencing/fence-methods.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { MethodRequest } from "../../../../src/ports/fence-methods.ts";
import { useScratch } from "../scratch.ts";

const scratch = useScratch("fence-methods");
const HOST = hostUuid("2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f");
const OTHER = hostUuid("7b1d9e20-44aa-4c55-8d66-99aabbccddee");
const NOTHING = { faults: [], ignoredAgent: null, untestedAgent: null };
const request = (method: string, agents = "standard"): MethodRequest => ({
  ...{ method, agents: scratch.path(agents), timeoutMs: 1_000 },
  device: { password: "", user: "", address: "" },
});
/** Of the built-in methods only IPMI has faults. */
const methods = createFenceMethods({
  builtIn: new Set(["POOL", "IPMI", "ILO"]),
  standard: scratch.path("standard"),
  state: scratch.path("state"),
  check: async ({ method, host }) => {
    if (method === "ILO") throw new Error("out of order");
    return host === HOST ? null : "Cannot fence: it is not listed";
  },
});

describe("examine", () => {
  test("POOL can always work; another folder is no fault of a built-in method", async () => {
    expect(await methods.examine(request("POOL", "nowhere"), [HOST, OTHER])).toEqual(NOTHING);
    expect(await methods.examine(request("IPMI", "nowhere"), [HOST])).toEqual(NOTHING);
  });

  test("a built-in method: what is wrong with each host, once", async () => {
    const hosts = [HOST, OTHER, hostUuid("8b1d9e20-44aa-4c55-8d66-99aabbccddee")];
    expect((await methods.examine(request("IPMI"), hosts)).faults).toEqual([
      "Cannot fence: it is not listed",
    ]);
    expect((await methods.examine(request("ILO"), hosts)).faults).toEqual(["out of order"]);
  });

  test("an agent of a built-in method's name is not run: one of the administrator's own is named", async () => {
    scratch.script("standard/IPMI/IPMI.sh", "exit 0");
    scratch.script("own/IPMI/IPMI.sh", "exit 0");
    expect(await methods.examine(request("IPMI"), [])).toEqual(NOTHING);
    const report = await methods.examine(request("IPMI", "own"), []);
    expect(report).toEqual({ ...NOTHING, ignoredAgent: scratch.path("own/IPMI/IPMI.sh") });
  });

  test("an agent that is missing, not executable, or in other hands", async () => {
    expect((await methods.examine(request("NONE"), [HOST])).faults).toEqual([
      `there is no ${scratch.path("standard/NONE/NONE.sh")}, and NONE is not built in`,
    ]);
    const path = scratch.script("standard/MINE/MINE.sh", "exit 0");
    chmodSync(path, 0o777);
    expect((await methods.examine(request("MINE"), [HOST])).faults).toEqual([
      `Cannot use ${path}: others may write it; run: chmod go-w ${path}`,
    ]);
    chmodSync(path, 0o644);
    expect((await methods.examine(request("MINE"), [HOST])).faults).toEqual([
      `${path} is not executable; run: chmod 755 ${path}`,
    ]);
  });
});

describe("remember", () => {
  test("an agent is untested until it is remembered, and again when it changes", async () => {
    const path = scratch.script("standard/PDU/PDU.sh", "exit 0");
    const untested = async () => (await methods.examine(request("PDU"), [])).untestedAgent;
    expect(await untested()).toBe(path);
    expect(await methods.remember(request("PDU"))).toBeNull();
    expect(await untested()).toBeNull();
    expect(statSync(scratch.path("state/fence-tests/PDU")).mode & 0o777).toBe(0o600);
    expect(readdirSync(scratch.path("state/fence-tests"))).toEqual(["PDU"]);
    scratch.script("standard/PDU/PDU.sh", "exit 0 # changed");
    expect(await untested()).toBe(path);
  });

  test("what is no record of a test is none", async () => {
    const path = scratch.script("standard/STRIP/STRIP.sh", "exit 0");
    for (const text of ["", "0".repeat(64), "x".repeat(2_000)]) {
      scratch.file("state/fence-tests/STRIP", text, 0o600);
      expect((await methods.examine(request("STRIP"), [])).untestedAgent).toBe(path);
    }
  });

  test("a record that others may write is none", async () => {
    const path = scratch.script("standard/RACK/RACK.sh", "exit 0");
    await methods.remember(request("RACK"));
    chmodSync(scratch.path("state/fence-tests/RACK"), 0o666);
    expect((await methods.examine(request("RACK"), [])).untestedAgent).toBe(path);
  });

  test("a built-in method needs none, and a disk that refuses is told", async () => {
    expect(await methods.remember(request("IPMI"))).toBeNull();
    expect(await methods.remember(request("NONE"))).toBe(
      `${scratch.path("standard/NONE/NONE.sh")} cannot be read`,
    );
  });
});
