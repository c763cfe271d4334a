import { expect, test } from "bun:test";
import { createDaemons } from "../../../../src/adapters/files/daemon-files.ts";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { ScratchFolder, startDaemon, until } from "../scratch.ts";

const folder = new ScratchFolder();

function host() {
  const root = folder.at(crypto.randomUUID());
  const paths = pathsFrom({ HA_LIZARD_ROOT: root });
  const write = (path: string, text: string) => folder.write(path.slice(folder.path.length + 1), text);
  return { paths, write, daemons: createDaemons(paths) };
}

test("createDaemons look: running with its pid, dead when it has ended, stopped when somebody wanted that", async () => {
  const { paths, write, daemons } = host();
  const state = async () => {
    const { state, pid } = await daemons.look("watchdog");
    return [state, pid];
  };
  expect(await state()).toEqual(["dead", null]);
  const up = folder.at(crypto.randomUUID());
  const child = startDaemon("ha-lizard-watchdog", up);
  try {
    await until(() => Bun.file(up).exists());
    write(paths.watchdogPid, `${child.pid}\n`);
    expect(await state()).toEqual(["running", child.pid]);
    expect((await daemons.look("monitor")).state).toBe("dead");
    write(paths.watchdogStopped, "");
    expect(await state()).toEqual(["running", child.pid]);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
  expect(await state()).toEqual(["stopped-on-purpose", null]);
});

test("createDaemons look: another process that was given the number is no daemon; an unreadable file is unknown", async () => {
  const { paths, write, daemons } = host();
  write(paths.monitorPid, `${process.pid}\n`);
  expect((await daemons.look("monitor")).state).toBe("dead");
  write(`${paths.watchdogPid}/folder`, "");
  expect((await daemons.look("watchdog")).state).toBe("unknown");
});

test("createDaemons look: started at boot when there is a link for it, unknown where there are no lists", async () => {
  const atBoot = async ({ daemons }: ReturnType<typeof host>) =>
    [(await daemons.look("monitor")).atBoot, (await daemons.look("watchdog")).atBoot] as const;
  expect(await atBoot(host())).toEqual(["unknown", "unknown"]);
  const classic = host();
  classic.write(`${classic.paths.runLevel}/S99ha-lizard`, "");
  classic.write(`${classic.paths.runLevel}/K01ha-lizard-watchdog`, "");
  expect(await atBoot(classic)).toEqual([true, false]);
  const unit = host();
  unit.write(`${unit.paths.bootUnits}/ha-lizard-watchdog.service`, "");
  expect(await atBoot(unit)).toEqual([false, true]);
});
