import { describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createScriptFencer } from "../../../../src/adapters/fencing/fencer-script.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { FenceRequest } from "../../../../src/ports/fencer.ts";
import { never, readLines, useScratch } from "../scratch.ts";

const scratch = useScratch("which-agent");
const HOST = hostUuid("2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f");

let agents = 0;
/** A fresh method folder with this agent in it. */
function agent(body: string): string {
  const method = `METHOD_${++agents}`;
  scratch.script(`fence/${method}/${method}.sh`, body);
  return method;
}

function request(method: string, changes: Partial<FenceRequest> = {}): FenceRequest {
  return {
    host: HOST,
    method,
    action: "stop",
    agents: scratch.path("fence"),
    timeoutMs: 4_000,
    device: { password: "", user: "admin", address: "" },
    ...changes,
  };
}

function createFencer(self = "/nowhere/ha-lizard") {
  return createScriptFencer({
    clock: createSystemClock(),
    logger: { log: () => undefined },
    builtIn: new Set(["POOL", "IPMI"]),
    self: [self],
    locks: scratch.path(`locks-${++agents}`),
    environment: { PATH: process.env["PATH"] ?? "" },
  });
}

const fault = (name: string, detail: unknown) => ({ kind: "not-fenced", fault: name, detail }) as never;

describe("fence: an agent in other hands is not run as root", () => {
  const mark = scratch.path("ran-as-root");
  const rows: readonly (readonly [string, (method: string) => string, number])[] = [
    ["script that the group may write", (method) => `fence/${method}/${method}.sh`, 0o775],
    ["script that others may write", (method) => `fence/${method}/${method}.sh`, 0o757],
    ["folder of the method that others may write", (method) => `fence/${method}`, 0o777],
    ["folder of the method that the group may write", (method) => `fence/${method}`, 0o775],
  ];
  test.each(rows)("a %s: refused, with the cure", async (_, what, mode) => {
    const method = agent(`: >'${mark}'`);
    const path = scratch.path(what(method));
    chmodSync(path, mode);
    const fencer = createFencer();
    const cure = `Cannot use ${path}: others may write it; run: chmod go-w ${path}`;
    expect(await fencer.fence(request(method), never())).toEqual(fault("agent-failed", cure));
    expect(await fencer.status(request(method), never())).toEqual({ kind: "unknown", why: cure });
    expect(await Bun.file(mark).exists()).toBe(false);
    chmodSync(path, 0o755);
    expect(await fencer.fence(request(method), never())).toEqual({ kind: "fenced" });
    rmSync(mark);
  });

  test("a folder of all agents that others may write: refused; one that is sticky is not replaced", async () => {
    scratch.script("open/OPEN/OPEN.sh", "exit 0");
    const agents = scratch.path("open");
    chmodSync(agents, 0o777);
    const fencer = createFencer();
    expect(await fencer.fence(request("OPEN", { agents }), never())).toEqual(
      fault("agent-failed", expect.stringContaining(`run: chmod go-w ${agents}`)),
    );
    chmodSync(agents, 0o1777);
    expect(await fencer.fence(request("OPEN", { agents }), never())).toEqual({ kind: "fenced" });
  });

  test.if(process.getuid?.() === 0)(
    "a script, or a folder, of another user: refused, with the cure",
    async () => {
      for (const what of ["script", "folder"]) {
        const method = agent(`: >'${mark}'`);
        const path = scratch.path(what === "script" ? `fence/${method}/${method}.sh` : `fence/${method}`);
        chownSync(path, 12_345, 0);
        const cure = `Cannot use ${path}: it belongs to another user; run: chown root ${path}`;
        const fencer = createFencer();
        expect(await fencer.fence(request(method), never())).toEqual(fault("agent-failed", cure));
      }
      expect(await Bun.file(mark).exists()).toBe(false);
    },
  );

  test("a link to a script in a folder that others may write: refused", async () => {
    scratch.script("drop/agent.sh", "exit 0");
    const folder = scratch.path("fence/LINKED");
    mkdirSync(folder, { recursive: true });
    symlinkSync(scratch.path("drop/agent.sh"), join(folder, "LINKED.sh"));
    const fencer = createFencer();
    expect(await fencer.fence(request("LINKED"), never())).toEqual({ kind: "fenced" });
    chmodSync(scratch.path("drop"), 0o777);
    expect(await fencer.fence(request("LINKED"), never())).toEqual(
      fault("agent-failed", expect.stringContaining(`run: chmod go-w ${scratch.path("drop")}`)),
    );
  });
});

describe("fence: an agent of one's own is asked for what it knows", () => {
  // [its line, what it is asked for, what it gets]
  const rows: readonly (readonly [string, FenceRequest["action"], string])[] = [
    ["# actions: start stop reset status", "stop", "stop"],
    ["# actions: reset", "stop", "reset"],
    ["# actions: start reset status", "stop", "reset"],
    ["# actions: start reset status", "start", "start"],
    ["# actions: start stop", "reset", "reset"],
    ["# actions: start status", "stop", "stop"],
    ["# actions:", "stop", "stop"],
    ["# it can reset, and says so nowhere", "stop", "stop"],
  ];
  test.each(rows)("%s: asked for %s it gets %s", async (line, action, gets) => {
    const asked = scratch.path(`asked-${++agents}`);
    const method = agent(`${line}\necho "$2 $FENCE_ACTION" >'${asked}'`);
    expect(await createFencer().fence(request(method, { action }), never())).toEqual({ kind: "fenced" });
    expect(readLines(asked)).toEqual([`${gets} ${gets}`]);
  });
});

describe("fence: built-in methods need no folder", () => {
  const elsewhere = { agents: "/opt/old-ha-lizard/fence" };

  test("POOL is fenced at once, whatever FENCE_FILE_LOC says", async () => {
    const fencer = createFencer();
    expect(await fencer.fence(request("POOL", elsewhere), never())).toEqual({ kind: "fenced" });
  });

  test("a device's method is this program, with the host, the action, and the device in its environment", async () => {
    const told = scratch.path("told");
    const self = scratch.script(
      "ha-lizard",
      `echo "$*" "$FENCE_USER" "$FENCE_FILE_LOC" "$HA_LIZARD_PROGRAM" >'${told}'; [ "$4" = status ] && echo on; exit 0`,
    );
    const fencer = createFencer(self);
    expect(await fencer.fence(request("IPMI", elsewhere), never())).toEqual({ kind: "fenced" });
    expect(readLines(told)).toEqual([`fence IPMI ${HOST} stop admin /opt/old-ha-lizard/fence ${self}`]);
    expect(await fencer.status(request("IPMI", elsewhere), never())).toEqual({ kind: "on" });
  });

  test("an agent of the same name is not run in its place", async () => {
    scratch.script("fence/IPMI/IPMI.sh", "exit 0");
    const self = scratch.script("failing", "echo the BMC is silent; exit 1");
    const fencer = createFencer(self);
    expect(await fencer.fence(request("IPMI"), never())).toEqual(
      fault("agent-failed", "exit status 1: the BMC is silent"),
    );
  });

  test("any other method without an agent says that it is not built in", async () => {
    const fencer = createFencer();
    expect(await fencer.fence(request("IPMII", elsewhere), never())).toEqual(
      fault(
        "agent-missing",
        "there is no /opt/old-ha-lizard/fence/IPMII/IPMII.sh, and IPMII is not built in",
      ),
    );
  });
});
