import { expect, test } from "bun:test";
import { createScriptFencer } from "../../../../src/adapters/fencing/fencer-script.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import type { FenceRequest } from "../../../../src/ports/fencer.ts";
import { HANG, isAlive, never, PATH, ScratchFolder, until } from "../scratch.ts";

const clock = createSystemClock();
const folder = new ScratchFolder();

function attempt(body: string, timeoutMs = 5_000): FenceRequest {
  const method = `M${crypto.randomUUID()}`;
  folder.script(`${method}/${method}.sh`, body);
  return {
    host: hostUuid("2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f"),
    method,
    action: "stop",
    agents: folder.path,
    timeoutMs,
    device: { password: "", user: "", address: "" },
  };
}

const fencer = (locks: string, at: Clock = clock) =>
  createScriptFencer({
    builtIn: new Set(),
    self: [""],
    clock: at,
    logger: { log: () => undefined },
    locks,
    environment: { PATH },
  });

/** An agent that waits for a helper in a session of its own, as ssh needs it to ask for a password. */
function leaving(pids: string): string {
  return `setsid sh -c 'echo $$ >${pids}.new; mv ${pids}.new ${pids}; ALIVE="'"$ALIVE"'"; ${HANG}' >/dev/null 2>&1`;
}

async function pidIn(path: string): Promise<number> {
  expect(await until(() => Bun.file(path).exists())).toBe(true);
  return Number(await Bun.file(path).text());
}

test("fence: a helper that left the agent's group ends with the attempt, and the host can be fenced again", async () => {
  const locks = folder.at("left");
  const pids = folder.at("left.pid");
  expect(await fencer(locks).fence(attempt(leaving(pids), 500), never())).toMatchObject({
    fault: "agent-timeout",
  });
  expect(isAlive(await pidIn(pids))).toBe(false);
  expect(await fencer(locks).fence(attempt("exit 0"), never())).toEqual({ kind: "fenced" });
});

test("fence: a refused second attempt leaves the first one alone", async () => {
  const locks = folder.at("refused");
  const mark = folder.at("begun");
  const first = fencer(locks).fence(attempt(`: >${mark}; sleep 0.6; exit 0`), never());
  expect(await until(() => Bun.file(mark).exists())).toBe(true);
  expect(await fencer(locks).fence(attempt("exit 0"), never())).toMatchObject({ fault: "already-running" });
  expect(await first).toEqual({ kind: "fenced" });
});

test("fence: an agent whose iteration was killed has its time, and no more", async () => {
  const locks = folder.at("orphan");
  const pids = folder.at("orphan.pid");
  const code = `
    import { createScriptFencer } from "${import.meta.dir}/../../../../src/adapters/fencing/fencer-script.ts";
    import { createSystemClock } from "${import.meta.dir}/../../../../src/adapters/processes/clock-system.ts";
    await createScriptFencer({
      clock: createSystemClock(), logger: { log: () => undefined },
      builtIn: new Set(), self: ["/nowhere/ha-lizard"],
      locks: ${JSON.stringify(locks)}, environment: { PATH: process.env.PATH },
    }).fence(${JSON.stringify(attempt(leaving(pids)))}, new AbortController().signal);`;
  const program = Bun.spawn([process.execPath, folder.write("orphan.ts", code)], {
    env: { PATH },
    stdin: "ignore",
  });
  const orphan = await pidIn(pids);
  program.kill("SIGKILL");
  await program.exited;
  expect(await fencer(locks).fence(attempt("exit 0"), never())).toMatchObject({ fault: "already-running" });
  expect(isAlive(orphan)).toBe(true);
  const later: Clock = { ...clock, uptimeMs: () => clock.uptimeMs() + 60_000 };
  expect(await fencer(locks, later).fence(attempt("exit 0"), never())).toEqual({ kind: "fenced" });
  expect(isAlive(orphan)).toBe(false);
});
