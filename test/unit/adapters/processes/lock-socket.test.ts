import { expect, test } from "bun:test";
import { createSocketLock } from "../../../../src/adapters/processes/lock-socket.ts";
import { PATH, ScratchFolder, until } from "../scratch.ts";

const folder = new ScratchFolder();

/** A process that takes the lock, says what became of it, and lives until its input ends. */
function holder(root: string) {
  const code = `
    import { createSocketLock } from "${import.meta.dir}/../../../../src/adapters/processes/lock-socket.ts";
    process.stdout.write(String(await createSocketLock("monitor", ${JSON.stringify(root)}).acquire()) + "\\n");
    for (let round = 0; round < 5; round++) Bun.gc(true);
    await Bun.stdin.text();`;
  return Bun.spawn([process.execPath, folder.write(`holder-${crypto.randomUUID()}.ts`, code)], {
    env: { PATH },
    stdin: "pipe",
    stdout: "pipe",
  });
}

async function answerOf(child: ReturnType<typeof holder>): Promise<string> {
  const { value } = await child.stdout.getReader().read();
  return new TextDecoder().decode(value).trim();
}

test("createSocketLock: one holder at a time, in any process", async () => {
  const root = folder.at("one");
  expect(await createSocketLock("monitor", root).acquire()).toBe(true);
  expect(await createSocketLock("monitor", root).acquire()).toBe(false);
  const other = holder(root);
  expect(await answerOf(other)).toBe("false");
  other.stdin.end();
  await other.exited;
});

test("createSocketLock: another name and another root are other locks, also where roots are long", async () => {
  const long = "/root".repeat(60);
  const places: readonly [string, string][] = [
    ["monitor", folder.at("a")],
    ["watchdog", folder.at("a")],
    ["monitor", folder.at("b")],
    ["monitor", `${long}/a`],
    ["monitor", `${long}/b`],
  ];
  const acquired = await Promise.all(places.map(([name, root]) => createSocketLock(name, root).acquire()));
  expect(acquired).toEqual([true, true, true, true, true]);
  expect(await createSocketLock("monitor", `${long}/a`).acquire()).toBe(false);
});

test("createSocketLock: is kept through garbage collection, and ends with its process, also by SIGKILL", async () => {
  const root = folder.at("killed");
  const child = holder(root);
  expect(await answerOf(child)).toBe("true");
  expect(await createSocketLock("monitor", root).acquire()).toBe(false);
  child.kill("SIGKILL");
  await child.exited;
  expect(await until(() => createSocketLock("monitor", root).acquire())).toBe(true);
});
