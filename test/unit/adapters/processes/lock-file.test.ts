import { expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createFileLock } from "../../../../src/adapters/processes/lock-file.ts";
import { PATH, ScratchFolder, until } from "../scratch.ts";

const scratch = new ScratchFolder("lock");
const clock = createSystemClock();
const environment = { PATH };
const fresh = () => scratch.at(crypto.randomUUID().slice(0, 8), "ha-lizard");
const lockOf = (folder: string, name = "monitor") => createFileLock(name, { folder, clock, environment });
const kindOf = async (folder: string, name?: string) => (await lockOf(folder, name).acquire()).kind;

/** A process that takes the lock, says what became of it, starts `also`, and lives until its input ends. */
function holder(folder: string, also = "") {
  const sources = `${import.meta.dir}/../../../../src/adapters/processes`;
  const code = `
    import { createFileLock } from "${sources}/lock-file.ts";
    import { createSystemClock } from "${sources}/clock-system.ts";
    const lock = createFileLock("monitor", {
      folder: ${JSON.stringify(folder)}, clock: createSystemClock(), environment: { PATH: process.env.PATH } });
    const { kind } = await lock.acquire();
    ${also}
    process.stdout.write(kind + "\\n");
    for (let round = 0; round < 5; round++) Bun.gc(true);
    await Bun.stdin.text();`;
  return Bun.spawn([process.execPath, scratch.write(`holder-${crypto.randomUUID()}.ts`, code)], {
    env: { PATH },
    stdin: "pipe",
    stdout: "pipe",
  });
}

async function answerOf(child: ReturnType<typeof holder>): Promise<string> {
  const { value } = await child.stdout.getReader().read();
  return new TextDecoder().decode(value).trim();
}

test("createFileLock: one holder at a time, in any process; another name and another folder are other locks", async () => {
  const folder = fresh();
  expect(await kindOf(folder)).toBe("acquired");
  expect(await kindOf(folder)).toBe("taken");
  const other = holder(folder);
  expect(await answerOf(other)).toBe("taken");
  other.stdin.end();
  await other.exited;
  expect(await kindOf(folder, "watchdog")).toBe("acquired");
  expect(await kindOf(fresh())).toBe("acquired");
});

test("createFileLock: is kept through garbage collection, and ends with its process, also by SIGKILL", async () => {
  const folder = fresh();
  const child = holder(folder);
  expect(await answerOf(child)).toBe("acquired");
  expect(await kindOf(folder)).toBe("taken");
  // Who looks into the folder finds who has it.
  expect(Number(readFileSync(`${folder}/monitor.lock`, "utf8"))).toBe(child.pid);
  child.kill("SIGKILL");
  await child.exited;
  expect(await kindOf(folder)).toBe("acquired");
});

test("createFileLock: a child of the holder that outlives it does not keep the lock", async () => {
  const folder = fresh();
  const left = scratch.at("left.pid");
  const child = holder(
    folder,
    `const left = Bun.spawn(["sleep", "30"], { detached: true, stdin: "ignore" });
     await Bun.write(${JSON.stringify(left)}, String(left.pid));`,
  );
  expect(await answerOf(child)).toBe("acquired");
  child.kill("SIGKILL");
  await child.exited;
  try {
    expect(await kindOf(folder)).toBe("acquired");
  } finally {
    process.kill(Number(readFileSync(left, "utf8")), "SIGKILL");
  }
});

test("createFileLock: many at once, one of them gets it", async () => {
  const folder = fresh();
  const kinds = await Promise.all(Array.from({ length: 12 }, () => kindOf(folder)));
  expect(kinds.filter((kind) => kind === "acquired").length).toBe(1);
  expect(kinds.filter((kind) => kind === "taken").length).toBe(11);
});

test("createFileLock: the folder is ours alone, whatever it was before; what others left in it is replaced", async () => {
  const folder = fresh();
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  chmodSync(folder, 0o777);
  writeFileSync(`${folder}/monitor.lock`, "");
  chmodSync(`${folder}/monitor.lock`, 0o666);
  // Somebody else who could open the file then has it open, and locked, for ever.
  const theirs = openSync(`${folder}/monitor.lock`, "r");
  const stdio = ["ignore", "ignore", "ignore", theirs] as const;
  expect(await Bun.spawn(["flock", "-xn", "3"], { stdio: [...stdio] }).exited).toBe(0);
  expect(await kindOf(folder)).toBe("acquired");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(`${folder}/monitor.lock`).mode & 0o777).toBe(0o600);
});

test("createFileLock: a link, a pipe or a folder in the way is refused with the cure, and nothing is written through it", async () => {
  const victim = scratch.write("victim", "precious");
  const inFile = fresh();
  mkdirSync(inFile, { recursive: true });
  symlinkSync(victim, `${inFile}/monitor.lock`);
  expect(await lockOf(inFile).acquire()).toMatchObject({ kind: "refused" });
  expect(readFileSync(victim, "utf8")).toBe("precious");
  const inPipe = fresh();
  mkdirSync(inPipe, { recursive: true });
  Bun.spawnSync(["mkfifo", "-m", "600", `${inPipe}/monitor.lock`]);
  expect((await lockOf(inPipe).acquire()).kind).not.toBe("taken");
  const linked = fresh();
  mkdirSync(linked.replace(/\/ha-lizard$/, ""), { recursive: true });
  symlinkSync(scratch.path, linked);
  expect(await lockOf(linked).acquire()).toEqual({
    kind: "refused",
    why: `${linked} is no folder; remove it`,
  });
  expect(readdirSync(scratch.path)).not.toContain("monitor.lock");
});

test.if(process.getuid?.() === 0)(
  "createFileLock: a folder of another user is refused with the cure",
  async () => {
    const folder = fresh();
    mkdirSync(folder, { recursive: true });
    Bun.spawnSync(["chown", "12345", folder]);
    expect(await lockOf(folder).acquire()).toEqual({
      kind: "refused",
      why: `the folder ${folder} belongs to another user (12345); run: chown root ${folder}`,
    });
  },
);

test("createFileLock: a flock that fails is refused, which is not taken", async () => {
  scratch.script("failing/flock", "exit 66");
  const failing = (PATH: string) =>
    createFileLock("monitor", { folder: fresh(), clock, environment: { PATH } }).acquire();
  expect(await failing(scratch.at("failing"))).toMatchObject({
    kind: "refused",
    why: expect.stringMatching(/^cannot lock .*: flock: exit status 66$/),
  });
  // The system's own is found without any path.
  expect(await failing("")).toEqual({ kind: "acquired" });
});

test("createFileLock: who waits for a holder to end gets the lock then", async () => {
  const folder = fresh();
  const child = holder(folder);
  expect(await answerOf(child)).toBe("acquired");
  child.stdin.end();
  expect(await until(async () => (await kindOf(folder)) === "acquired")).toBe(true);
  await child.exited;
});
