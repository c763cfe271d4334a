import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync } from "node:fs";
import { resolve } from "node:path";
import { PATH, startProgram, useScratch } from "../adapters/scratch.ts";

setDefaultTimeout(60_000);
const scratch = useScratch("built-in");
const MAIN = resolve(import.meta.dir, "../../../src/main.ts");
const HOST = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
const OTHER = "7b1d9e20-44aa-4c55-8d66-99aabbccddee";
// A BMC that does as it is told.
scratch.file("power", "on");
scratch.script(
  "bin/ipmitool",
  `case "$*" in *"power off") echo off >'${scratch.path("power")}' ;; esac
echo Chassis Power is $(cat '${scratch.path("power")}')`,
);
const env = { PATH: `${scratch.path("bin")}:${PATH}`, HA_LIZARD_ROOT: scratch.path("root") };

/** What an expression of the real composition comes to: FENCE_FILE_LOC is another folder, as HA-Lizard 2.x leaves it. */
async function evaluate(expression: string): Promise<unknown> {
  const code = `
    import { createMethods } from "$src/modes/real-fence-methods.ts";
    import { createFencer } from "$src/modes/real-fencer.ts";
    import { createRuntime } from "$src/modes/runtime.ts";
    const runtime = { ...createRuntime(false), self: [process.execPath, ${JSON.stringify(MAIN)}] };
    const fencer = createFencer(runtime);
    const methods = createMethods(runtime);
    const never = new AbortController().signal;
    const device = { password: "s3cret", user: "admin", address: "" };
    const request = (method) => ({ host: ${JSON.stringify(HOST)}, method, action: "stop", agents: "/opt/old/fence", timeoutMs: 20_000, device });
    console.log(JSON.stringify(await (${expression})));`;
  const program = startProgram(scratch, `program-${crypto.randomUUID()}`, code, env);
  const [text, errors] = await Promise.all([
    new Response(program.stdout).text(),
    new Response(program.stderr).text(),
  ]);
  if ((await program.exited) !== 0) throw new Error(errors);
  return JSON.parse(text);
}

describe("built-in methods, with a FENCE_FILE_LOC that has nothing of ours", () => {
  test("POOL is fenced", async () =>
    expect(await evaluate(`fencer.fence(request("POOL"), never)`)).toEqual({ kind: "fenced" }));

  test("IPMI without a list: each way to learn of it says which list", async () => {
    const list = scratch.path("root/etc/ha-lizard/fence/IPMI/IPMI.hosts");
    const why = `Cannot read ${list}: it is not there; it lists the hosts: <host uuid>:<address of its BMC>[:<port>][:<user>]`;
    expect(await evaluate(`methods.examine(request("IPMI"), [request().host])`)).toEqual({
      faults: [why],
      ...{ ignoredAgent: null, untestedAgent: null },
    });
    expect(await evaluate(`fencer.status(request("IPMI"), never)`)).toEqual({ kind: "unknown", why });
  });

  test("IPMI with its list in the standard folder: fenced, and a host that is not listed is named", async () => {
    scratch.file("root/etc/ha-lizard/fence/IPMI/IPMI.hosts", `${HOST}:192.0.2.7:1623\n`, 0o600);
    expect(await evaluate(`methods.examine(request("IPMI"), [request().host, "${OTHER}"])`)).toMatchObject({
      faults: [expect.stringContaining(`${OTHER} is not listed in`)],
    });
    expect(await evaluate(`fencer.status(request("IPMI"), never)`)).toEqual({ kind: "on" });
    expect(await evaluate(`fencer.fence(request("IPMI"), never)`)).toEqual({ kind: "fenced" });
    expect(await Bun.file(scratch.path("power")).text()).toBe("off\n");
  });
});

describe("fence --own-agents", () => {
  const ownAgents = () =>
    Bun.spawnSync([process.execPath, MAIN, "fence", "--own-agents"], { env }).stdout.toString();
  const fence = "root/etc/ha-lizard/fence";

  test("names what is not of this program, and not tested or not to be run; nothing else", async () => {
    expect(ownAgents()).toBe("");
    for (const method of ["EXAMPLE", "IPMI", "OLDPDU", "OPEN"])
      scratch.script(`${fence}/${method}/${method}.sh`, "exit 0");
    scratch.file(`${fence}/NOTES/readme.txt`, "");
    const open = scratch.path(`${fence}/OPEN`);
    chmodSync(open, 0o777);
    const untested = `${scratch.path(`${fence}/OLDPDU/OLDPDU.sh`)} has not been tested on this host, and its exit status 0 counts as proof that a host is off; before HA is on, run: ha-cfg fence-test\n`;
    expect(ownAgents()).toBe(`${untested}Cannot use ${open}: others may write it; run: chmod go-w ${open}\n`);
    const agents = JSON.stringify(scratch.path(fence));
    expect(await evaluate(`methods.remember({ ...request("OLDPDU"), agents: ${agents} })`)).toBeNull();
    expect(ownAgents()).toStartWith("Cannot use ");
  });
});
