import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createScriptFencer } from "../../../../src/adapters/fencing/fencer-script.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { FenceRequest } from "../../../../src/ports/fencer.ts";
import {
  isAlive,
  never,
  processesWith,
  readLines,
  startProgram,
  timed,
  until,
  useScratch,
} from "../scratch.ts";

const scratch = useScratch("fencer");
const HOST = hostUuid("2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f");
const OTHER = hostUuid("7b1d9e20-44aa-4c55-8d66-99aabbccddee");
const PASSWORD = "s3cret $(id) 'q\"";
const TIMEOUT_MS = 4_000;

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
    timeoutMs: TIMEOUT_MS,
    device: { password: PASSWORD, user: "admin", address: "10.0.0.99" },
    ...changes,
  };
}

function createFencer(locks = `locks-${++agents}`) {
  const lines: string[] = [];
  const fencer = createScriptFencer({
    clock: createSystemClock(),
    logger: { log: (severity, from, text) => void lines.push(`${severity} ${from} ${text}`) },
    builtIn: new Set(),
    self: ["/nowhere/ha-lizard"],
    locks: scratch.path(locks),
    environment: { PATH: process.env["PATH"] ?? "", LANG: "C" },
  });
  return { fencer, lines };
}

function fence(body: string, changes: Partial<FenceRequest> = {}) {
  return createFencer().fencer.fence(request(agent(body), changes), never());
}

const fault = (name: string, detail: unknown = expect.any(String)) =>
  expect.objectContaining({ kind: "not-fenced", fault: name, detail });

describe("fence: only exit 0 is success", () => {
  test("exit 0 is fenced", async () => {
    expect(await fence("exit 0")).toEqual({ kind: "fenced" });
  });

  const rows: readonly (readonly [string, string, string])[] = [
    ["exit status 1", "echo 'BMC silent'; exit 1", "exit status 1: BMC silent"],
    ["another status", "exit 42", "exit status 42"],
    ["a syntax error", "if then", "exit status 2"],
    ["a command that is missing", "no-such-command-here", "exit status 127"],
  ];
  test.each(rows)("%s is a failure", async (_, body, detail) => {
    expect(await fence(body)).toEqual(fault("agent-failed", expect.stringContaining(detail)));
  });

  test("an agent that a signal ended is a failure", async () => {
    expect(await fence("kill -SEGV $$")).toEqual(fault("agent-killed", "the agent was ended by SIGSEGV"));
  });

  test("an agent that is missing, or whose name leads elsewhere, is told so", async () => {
    const { fencer } = createFencer();
    for (const method of ["NONE", "../fence/NONE", "", "a/b", "-x"])
      expect(await fencer.fence(request(method), never())).toEqual(fault("agent-missing"));
  });

  test("an agent that is not executable is told so, with the remedy", async () => {
    const method = agent("exit 0");
    const file = scratch.path(`fence/${method}/${method}.sh`);
    chmodSync(file, 0o644);
    const { fencer } = createFencer();
    const remedy = expect.stringContaining(`chmod 755 ${file}`);
    expect(await fencer.fence(request(method), never())).toEqual(fault("agent-not-executable", remedy));
  });

  test("a directory or a broken interpreter in the agent's place is a failure", async () => {
    mkdirSync(scratch.path("fence/FOLDER/FOLDER.sh"), { recursive: true });
    scratch.file("fence/BROKEN/BROKEN.sh", "#!/no/such/interpreter\n", 0o755);
    const { fencer } = createFencer();
    for (const method of ["FOLDER", "BROKEN"])
      expect(await fencer.fence(request(method), never())).toEqual(fault("agent-failed"));
  });

  test("what is no uuid is not handed to an agent", async () => {
    const { fencer } = createFencer();
    const mark = scratch.path("odd-uuid");
    const outcome = await fencer.fence(request(agent(`: >'${mark}'`), { host: hostUuid("--help") }), never());
    expect(outcome).toEqual(fault("agent-failed"));
    expect(await Bun.file(mark).exists()).toBe(false);
  });

  test("a password that no environment can carry is a failure that does not show it", async () => {
    const device = { password: "nul\0inside", user: "", address: "" };
    const outcome = await fence('[ "$FENCE_PASSWD" = nul ] && exit 0; exit 1', { device });
    expect(outcome.kind).toBe("not-fenced");
    expect(JSON.stringify(outcome)).not.toContain("inside");
  });
});

describe("fence: its time", () => {
  test("an agent that hangs is ended by SIGTERM within its time", async () => {
    const mark = scratch.path("cleaned-up");
    const body = `trap ': >"${mark}"; exit 0' TERM; sleep 20.75 & wait`;
    const { value, ms } = await timed(fence(body, { timeoutMs: 300 }));
    // Even an exit 0 is too late by then.
    expect(value).toEqual(fault("agent-timeout", "no answer within 0.3 s"));
    expect(ms).toBeLessThan(1_200);
    expect(await Bun.file(mark).exists()).toBe(true);
    expect(await until(() => processesWith("20.75").length === 0)).toBe(true);
  });

  test("one that has said what it waits for is quoted", async () => {
    const body = "echo 'iLO 10.0.0.1: no prompt came' >&2; exec sleep 20";
    const value = await fence(body, { timeoutMs: 300 });
    expect(value).toEqual(
      fault("agent-timeout", "no answer within 0.3 s; its last words: iLO 10.0.0.1: no prompt came"),
    );
  });

  test("an agent that ignores SIGTERM is killed a second later, with all it started", async () => {
    const body = "trap '' TERM; (trap '' TERM; sleep 20.875; sleep 20.875) & sleep 20.875; sleep 20.875";
    const { value, ms } = await timed(fence(body, { timeoutMs: 300 }));
    expect(value).toEqual(fault("agent-timeout"));
    expect(ms).toBeGreaterThan(1_200);
    expect(ms).toBeLessThan(2_300);
    expect(await until(() => processesWith("20.875").length === 0)).toBe(true);
  });

  test("the caller's signal breaks the attempt off", async () => {
    const controller = new AbortController();
    const { fencer } = createFencer();
    const method = agent("exec sleep 20.9375");
    const attempt = timed(fencer.fence(request(method), controller.signal));
    expect(await until(() => processesWith("20.9375").length > 0)).toBe(true);
    controller.abort();
    const { value, ms } = await attempt;
    expect(value).toEqual(fault("agent-killed", "the attempt was broken off"));
    expect(ms).toBeLessThan(TIMEOUT_MS);
    expect(await until(() => processesWith("20.9375").length === 0)).toBe(true);
  });

  test("for a caller whose time is over no agent is started", async () => {
    const mark = scratch.path("too-late");
    const { fencer } = createFencer();
    const outcome = await fencer.fence(request(agent(`: >'${mark}'`)), AbortSignal.abort());
    expect(outcome.kind).toBe("not-fenced");
    expect(await Bun.file(mark).exists()).toBe(false);
  });

  test("a background child of an agent that has answered ends with the attempt, and does not hold it", async () => {
    const { value, ms } = await timed(fence("sleep 20.96875 & exit 0"));
    expect(value).toEqual({ kind: "fenced" });
    expect(ms).toBeLessThan(1_000);
    expect(await until(() => processesWith("20.96875").length === 0)).toBe(true);
  });

  test("a daemon that left the agent's group does not hold the answer", async () => {
    const { value, ms } = await timed(fence("echo done; setsid sleep 3.0625 & sleep 0.1; exit 0"));
    expect(value).toEqual({ kind: "fenced" });
    expect(ms).toBeLessThan(1_500);
    for (const pid of processesWith("3.0625")) process.kill(pid, "SIGKILL");
  });
});

describe("fence: what the agent is given", () => {
  test("host and action as arguments, the device in the environment, and nothing else", async () => {
    const environ = scratch.path("environ");
    const cmdline = scratch.path("cmdline");
    const body = `tr '\\0' '\\n' </proc/$$/environ >'${environ}'; tr '\\0' ' ' </proc/$$/cmdline >'${cmdline}'`;
    process.env["OTHER_SECRET"] = "not for agents";
    const { fencer } = createFencer();
    const method = agent(body);
    expect(await fencer.fence(request(method, { action: "reset" }), never())).toEqual({ kind: "fenced" });
    delete process.env["OTHER_SECRET"];
    const given = Object.fromEntries(
      readLines(environ).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const { PATH, PWD: _, ...rest } = given;
    expect(PATH).toBe(process.env["PATH"] ?? "");
    expect(rest).toEqual({
      LANG: "C",
      HA_LIZARD_PROGRAM: "/nowhere/ha-lizard",
      FENCE_METHOD: method,
      FENCE_ACTION: "reset",
      FENCE_FILE_LOC: scratch.path("fence"),
      FENCE_TIMEOUT: "4",
      FENCE_PASSWD: PASSWORD,
      FENCE_USER: "admin",
      FENCE_IPADDRESS: "10.0.0.99",
    });
    expect(readFileSync(cmdline, "utf8")).toEndWith(`${method}.sh ${HOST} reset `);
    expect(readFileSync(cmdline, "utf8")).not.toContain("s3cret");
  });

  test("no process of the attempt has the password in its command line, from its start to its end", async () => {
    const { fencer } = createFencer();
    const device = { password: "only-in-the-environment", user: "", address: "" };
    const attempt = fencer.fence(request(agent("sleep 0.3"), { device }), never());
    let looked = 0;
    await until(() => {
      for (const pid of processesWith("only-in-the-environment")) {
        looked++;
        expect(readOrNothing(`/proc/${pid}/cmdline`)).not.toContain("only-in-the-environment");
      }
      return false;
    }, 250);
    expect(await attempt).toEqual({ kind: "fenced" });
    expect(looked).toBeGreaterThan(0);
  });
});

describe("fence: its output", () => {
  test("is logged line by line, both streams, without the password", async () => {
    const { fencer, lines } = createFencer();
    const method = agent(
      'echo "login with $FENCE_PASSWD and $FENCE_PASSWD"; printf "Off\\r\\n\\n"; echo aside >&2; printf end; exit 1',
    );
    const outcome = await fencer.fence(request(method), never());
    expect(lines).toHaveLength(4);
    expect(lines).toContain(`info fence_host ${method}: login with ******** and ********`);
    expect(lines).toContain(`info fence_host ${method}: Off`);
    expect(lines).toContain(`info fence_host ${method}: aside`);
    expect(lines).toContain(`info fence_host ${method}: end`);
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
  });

  test("a failure that shows the password is told without it", async () => {
    expect(await fence('echo "wrong: $FENCE_PASSWD"; exit 1')).toEqual(
      fault("agent-failed", "exit status 1: wrong: ********"),
    );
  });

  test("is bounded: lines, their length, and a line that never ends", async () => {
    const { fencer, lines } = createFencer();
    const body = `i=0; while [ $i -lt 300 ]; do echo "line $i"; i=$((i + 1)); done
head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last; exit 1`;
    expect(await fencer.fence(request(agent(body)), never())).toEqual(
      fault("agent-failed", "exit status 1: last"),
    );
    expect(lines).toHaveLength(200);
    const long = createFencer();
    await long.fencer.fence(request(agent("head -c 3000000 /dev/zero | tr '\\0' x")), never());
    expect(long.lines).toHaveLength(1);
    expect(long.lines[0]?.length).toBeLessThan(600);
  });

  test("a flood does not hold the attempt beyond its time", async () => {
    const { value, ms } = await timed(fence("exec yes", { timeoutMs: 300 }));
    expect(value).toEqual(fault("agent-timeout"));
    expect(ms).toBeLessThan(2_300);
  });
});

describe("fence: one attempt on a host at a time", () => {
  test("the second is told so, another host is free, and afterwards the host is free again", async () => {
    const { fencer } = createFencer();
    const slow = agent("sleep 0.4");
    const first = fencer.fence(request(slow), never());
    expect(await until(() => processesWith(`${slow}.sh`).length > 0)).toBe(true);
    const quick = agent("exit 0");
    // The lock is taken before the agent's name is its own command line's, or a moment later: wait for the agent itself.
    expect(await until(() => processesWith("sleep\x000.4").length > 0)).toBe(true);
    expect(await fencer.fence(request(quick), never())).toEqual(fault("already-running"));
    expect(await fencer.fence(request(quick, { host: OTHER }), never())).toEqual({ kind: "fenced" });
    expect(await first).toEqual({ kind: "fenced" });
    expect(await fencer.fence(request(quick), never())).toEqual({ kind: "fenced" });
  });

  test("an agent whose program was killed still holds its host, until it ends", async () => {
    const method = agent("exec sleep 20.984375");
    const program = startProgram(
      scratch,
      "orphan",
      `import { createScriptFencer } from "$src/adapters/fencing/fencer-script.ts";
       import { createSystemClock } from "$src/adapters/processes/clock-system.ts";
       const fencer = createScriptFencer({
         clock: createSystemClock(), logger: { log: () => undefined },
         builtIn: new Set(), self: ["/nowhere/ha-lizard"],
         locks: ${JSON.stringify(scratch.path("orphan-locks"))}, environment: { PATH: process.env.PATH },
       });
       await fencer.fence(${JSON.stringify(request(method, { timeoutMs: 15_000 }))}, new AbortController().signal);`,
    );
    expect(await until(() => processesWith("20.984375").length > 0, 5_000)).toBe(true);
    program.kill("SIGKILL");
    await program.exited;
    const { fencer } = createFencer("orphan-locks");
    const orphans = processesWith("20.984375");
    expect(orphans).toHaveLength(1);
    expect(await fencer.fence(request(agent("exit 0")), never())).toEqual(fault("already-running"));
    for (const pid of orphans) process.kill(pid, "SIGKILL");
    expect(await until(() => !orphans.some(isAlive))).toBe(true);
    expect(await fencer.fence(request(agent("exit 0")), never())).toEqual({ kind: "fenced" });
  });

  test("locks that cannot be taken are a failure, not an attempt that never ends", async () => {
    scratch.file("no-directory", "a file");
    const { fencer } = createFencer("no-directory");
    expect(await fencer.fence(request(agent("exit 0")), never())).toEqual(fault("agent-failed"));
    mkdirSync(scratch.path(`dir-lock/fence-${HOST}.lock`), { recursive: true });
    const other = createFencer("dir-lock");
    expect(await other.fencer.fence(request(agent("exit 0")), never())).toEqual(fault("agent-failed"));
    rmSync(scratch.path("dir-lock"), { recursive: true });
    expect(await other.fencer.fence(request(agent("exit 0")), never())).toEqual({ kind: "fenced" });
  });

  test("a machine without flock does not look like an attempt that never ends", async () => {
    const outcome = await createScriptFencer({
      clock: createSystemClock(),
      logger: { log: () => undefined },
      builtIn: new Set(),
      self: ["/nowhere/ha-lizard"],
      locks: scratch.path("no-flock-locks"),
      environment: { PATH: scratch.path("empty") },
    }).fence(request(agent("exit 0")), never());
    expect(outcome).toEqual(fault("agent-failed", expect.stringContaining("flock")));
  });
});

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
