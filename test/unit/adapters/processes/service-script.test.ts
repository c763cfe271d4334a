import { expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createService, monitorPid, wakeMonitor } from "../../../../src/adapters/processes/service-script.ts";
import { HANG, never, PATH, ScratchFolder, until } from "../scratch.ts";

const clock = createSystemClock();
const folder = new ScratchFolder();

function host() {
  const root = folder.at(crypto.randomUUID());
  const paths = pathsFrom({ HA_LIZARD_ROOT: root });
  const write = (path: string, text: string) => folder.write(path.slice(folder.path.length + 1), text);
  return { paths, write, service: createService({ paths, clock, environment: { PATH } }) };
}

/** A process under the monitor's name; it notes SIGHUP. */
async function withMonitor(use: (pid: number, hangUps: () => string) => Promise<void>): Promise<void> {
  const notes = folder.at(`notes-${crypto.randomUUID()}`);
  const script = folder.script(`ha-lizard.mon`, `trap 'echo hup >>"$1"' HUP\necho up >>"$1"\n${HANG}`);
  const child = Bun.spawn([script, notes], { env: { PATH }, stdin: "ignore" });
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

test("createService state: a pid file with anything else in it names nobody", async () => {
  const { paths, write, service } = host();
  for (const text of ["", "x", "-1", "0", "1", "99999999"]) {
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
