import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createService, monitorPid, wakeMonitor } from "../../../../src/adapters/processes/service-script.ts";
import { HANG, isAlive, never, PATH, ScratchFolder, startDaemon, until } from "../scratch.ts";

const clock = createSystemClock();
const folder = new ScratchFolder();

function host() {
  const root = folder.at(crypto.randomUUID());
  const paths = pathsFrom({ HA_LIZARD_ROOT: root });
  const write = (path: string, text: string) => folder.write(path.slice(folder.path.length + 1), text);
  return { paths, write, service: createService({ paths, clock, environment: { PATH } }) };
}

/** A process that is the monitor as far as anybody can see; it notes SIGHUP. */
async function withMonitor(use: (pid: number, hangUps: () => string) => Promise<void>): Promise<void> {
  const notes = folder.at(`notes-${crypto.randomUUID()}`);
  const child = startDaemon("/etc/ha-lizard/scripts/ha-lizard.mon", notes);
  const read = () => (isWritten(notes) ? readFileSync(notes, "utf8") : "");
  try {
    await until(() => read().includes("up"));
    await use(child.pid, read);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}
const isWritten = (path: string): boolean => Bun.file(path).size > 0;

test("createService state: running while the pid file names a live monitor, dead when that has ended", async () => {
  const { paths, write, service } = host();
  expect(await service.state()).toBe("dead");
  await withMonitor(async (pid) => {
    write(paths.monitorPid, `${pid}\n`);
    expect(monitorPid(paths)).toBe(pid);
    expect(await service.state()).toBe("running");
  });
  expect(await service.state()).toBe("dead");
});

test("createService state: another process that was given the monitor's number is no monitor", async () => {
  const { paths, write, service } = host();
  write(paths.monitorPid, `${process.pid}\n`);
  expect(await service.state()).toBe("dead");
});

test("findDaemon: a process whose command line only speaks of the monitor is none, and is not woken", async () => {
  const { paths, write, service } = host();
  const script = folder.script("ha-lizard.mon", `trap 'echo hup >>"$1"' HUP\necho up >>"$1"\n${HANG}`);
  const notes = (name: string) => folder.at(`${name}-${crypto.randomUUID()}`);
  const strangers: readonly [string, (notes: string) => Bun.Subprocess][] = [
    [
      "an editor of the monitor",
      (at) => Bun.spawn([folder.script("vi", `echo up >>"$2"\n${HANG}`), script, at]),
    ],
    ["a script of its name", (at) => Bun.spawn([script, at])],
    [
      "another program called by its name",
      (at) =>
        Bun.spawn(["/bin/sh", "-c", `echo up >>${at}; ${HANG.replace("$ALIVE", `kill -0 ${process.pid}`)}`], {
          argv0: "ha-lizard.mon",
        }),
    ],
    ["this program called by another name", (at) => startDaemon("not-ha-lizard.mon", at)],
    ["this program with the name behind its own", (at) => startDaemon("ha-cfg ha-lizard.mon", at)],
  ];
  for (const [what, start] of strangers) {
    const at = notes("stranger");
    const child = start(at);
    try {
      expect([what, await until(() => isWritten(at))]).toEqual([what, true]);
      write(paths.monitorPid, `${child.pid}\n`);
      expect([what, monitorPid(paths), await service.state()]).toEqual([what, null, "dead"]);
      wakeMonitor(paths);
      expect([what, isAlive(child.pid)]).toEqual([what, true]);
    } finally {
      child.kill("SIGKILL");
      await child.exited;
    }
  }
});

test("findDaemon: a monitor whose file was replaced by an update is still the monitor", async () => {
  const { paths, write } = host();
  const copy = folder.at("bun-copy", basename(process.execPath));
  mkdirSync(dirname(copy));
  copyFileSync(process.execPath, copy);
  const notes = folder.at("updated");
  const code = `require("node:fs").writeFileSync(${JSON.stringify(notes)}, "up");
    setInterval(() => { if (process.ppid !== ${process.pid}) process.exit(); }, 200);`;
  const child = Bun.spawn([copy, "-e", code], { argv0: "ha-lizard.mon", env: { PATH }, stdin: "ignore" });
  try {
    expect(await until(() => isWritten(notes))).toBe(true);
    rmSync(copy);
    write(paths.monitorPid, `${child.pid}\n`);
    expect(monitorPid(paths)).toBe(child.pid);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
});

test("createService state: a pid file with anything else in it names nobody", async () => {
  const { paths, write, service } = host();
  for (const text of ["", "x", "-1", "0", "1", "99999999", "1e3", "0x10", "12 34", "self", "9".repeat(400)]) {
    write(paths.monitorPid, text);
    expect([text, await service.state()]).toEqual([text, "dead"]);
  }
});

test("createService state: a pid file that cannot be read is no death", async () => {
  const { paths, write, service } = host();
  write(`${paths.monitorPid}/folder`, "");
  expect(await service.state()).toBe("running");
});

test("createService state: a deliberate stop goes before everything", async () => {
  const { paths, write, service } = host();
  write(paths.monitorStopped, "");
  expect(await service.state()).toBe("stopped-on-purpose");
  await withMonitor(async (pid) => {
    write(paths.monitorPid, `${pid}\n`);
    expect(await service.state()).toBe("stopped-on-purpose");
  });
});

test("createService restart: runs the service script, and rejects when that fails", async () => {
  const { paths, service } = host();
  const name = paths.serviceScript.slice(folder.path.length + 1);
  folder.script(name, 'echo "$*" >>"$0.said"');
  await service.restart(never());
  expect(readFileSync(`${paths.serviceScript}.said`, "utf8")).toBe("restart\n");
  folder.script(name, "exit 3");
  await expect(service.restart(never())).rejects.toThrow(/restart.*exit status 3/);
  rmSync(paths.serviceScript);
  await expect(service.restart(never())).rejects.toThrow();
});

test("createService restart: a daemon that the script leaves behind does not hold it", async () => {
  const { paths, service } = host();
  folder.script(paths.serviceScript.slice(folder.path.length + 1), `{ ${HANG}; } & echo $! >"$0.pid"`);
  await service.restart(never());
  process.kill(Number(readFileSync(`${paths.serviceScript}.pid`, "utf8")), "SIGKILL");
});

test("wakeMonitor: SIGHUP to the monitor; where there is none, nothing", async () => {
  const { paths, write } = host();
  wakeMonitor(paths);
  await withMonitor(async (pid, notes) => {
    write(paths.monitorPid, String(pid));
    wakeMonitor(paths);
    expect(await until(() => notes().includes("hup"))).toBe(true);
  });
});
