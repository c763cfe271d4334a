import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readHeldSince } from "../../../../src/adapters/files/held-xapi.ts";
import { createLocalHost } from "../../../../src/adapters/files/local-host-files.ts";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { HANG, never, PATH, ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("held");
const BOOT = "5e5c9d6c-8ad1-4d43-9c5b-5c2f5d1b9f10";
const HOST = "0a3b1c2d-0000-4000-8000-00000000000a";

/** A root with a systemctl of its own, whose calls are written down. */
function host() {
  const name = crypto.randomUUID();
  const at = (path: string) => folder.at(name, path);
  const paths = pathsFrom({ HA_LIZARD_ROOT: folder.at(name), HA_LIZARD_SYSRQ: at("sysrq") });
  folder.write(`${name}/proc/sys/kernel/random/boot_id`, `${BOOT}\n`);
  folder.write(`${name}/etc/xensource-inventory`, `INSTALLATION_UUID='${HOST}'\n`);
  const environment = { PATH: `${at("bin")}:${PATH}` };
  let nowMs = 1_234;
  const clock = { ...createSystemClock(), uptimeMs: () => nowMs };
  const tool = (body: string) =>
    folder.script(`${name}/bin/systemctl`, `echo "$*" >>'${at("did")}'\n${body}`);
  tool("exit 0");
  folder.script(`${name}/bin/xe-toolstack-restart`, `echo toolstack >>'${at("did")}'`);
  const local = createLocalHost({ paths, clock, environment, probeOwnXapi: async () => true });
  return {
    local,
    paths,
    tool,
    did: () => (existsSync(at("did")) ? readFileSync(at("did"), "utf8").split("\n").slice(0, -1) : []),
    note: () => (existsSync(paths.heldXapi) ? JSON.parse(readFileSync(paths.heldXapi, "utf8")) : null),
    write: (text: string) => folder.write(`${name}/run/ha-lizard/held-xapi.json`, text),
    since: async () => (await local.observe(never()))?.heldSinceMs,
    later: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("holdXapi", () => {
  test("it is noted before xapi is stopped, for root alone", async () => {
    const { local, paths, tool, did, note, since } = host();
    tool(`[ -e '${paths.heldXapi}' ] || echo too-early >>'${paths.root}/did'`);
    await local.holdXapi(never());
    expect([did(), note(), await since()]).toEqual([["stop xapi"], { bootId: BOOT, sinceMs: 1_234 }, 1_234]);
    expect([paths.run, paths.heldXapi].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  test("holdAsSlaveOf: xapi has ended before pool.conf is written", async () => {
    const { local, paths, tool, did, since } = host();
    mkdirSync(dirname(paths.poolConf), { recursive: true });
    writeFileSync(paths.poolConf, "master");
    tool(`cat '${paths.poolConf}' >>'${paths.root}/did'`);
    await local.holdAsSlaveOf("10.0.0.1", never());
    expect([did().slice(0, 1), await since()]).toEqual([["stop xapi"], 1_234]);
    expect(readFileSync(`${paths.root}/did`, "utf8")).toEndWith("master");
    expect(readFileSync(paths.poolConf, "utf8")).toBe("slave:10.0.0.1");
  });

  test("holdAsSlaveOf: a xapi that cannot be stopped stays master", async () => {
    const { local, paths, tool } = host();
    mkdirSync(dirname(paths.poolConf), { recursive: true });
    writeFileSync(paths.poolConf, "master");
    tool("exit 1");
    await expect(local.holdAsSlaveOf("10.0.0.1", never())).rejects.toThrow("Cannot stop xapi");
    expect(readFileSync(paths.poolConf, "utf8")).toBe("master");
  });

  test("holdAsSlaveOf: the hold begins anew, so that no word of the former master ends it", async () => {
    const { local, paths, since, later } = host();
    mkdirSync(dirname(paths.poolConf), { recursive: true });
    await local.holdXapi(never());
    later(60_000);
    await local.holdAsSlaveOf("10.0.0.3", never());
    expect(await since()).toBe(61_234);
  });

  test("holdAsSlaveOf: a pool.conf that cannot be written begins no new hold: it is told as one that lasts", async () => {
    const { local, since, later } = host();
    await local.holdXapi(never());
    later(60_000);
    await expect(local.holdAsSlaveOf("10.0.0.3", never())).rejects.toThrow();
    expect(await since()).toBe(1_234);
  });

  test("again: the time of the first stays, and xapi is stopped again, in case somebody has started it", async () => {
    const { local, did, since, later } = host();
    await local.holdXapi(never());
    later(60_000);
    await local.holdXapi(never());
    expect([did(), await since()]).toEqual([["stop xapi", "stop xapi"], 1_234]);
  });

  test("a note of an earlier boot is replaced", async () => {
    const { local, note, write } = host();
    write('{"bootId":"another","sinceMs":5}');
    await local.holdXapi(never());
    expect(note()).toEqual({ bootId: BOOT, sinceMs: 1_234 });
  });

  test("what cannot be stopped is an error, and stays noted", async () => {
    const { local, tool, since } = host();
    tool("exit 5");
    await expect(local.holdXapi(never())).rejects.toThrow(
      "Cannot stop xapi by systemctl stop xapi: exit status 5",
    );
    expect(await since()).toBe(1_234);
  });

  test("a stop that hangs ends with its caller", async () => {
    const { local, tool } = host();
    tool(HANG);
    const over = new AbortController();
    const holding = local.holdXapi(over.signal);
    setTimeout(() => over.abort(), 200);
    await expect(holding).rejects.toThrow("it did not end in time");
  });

  test("what cannot be noted is not done", async () => {
    const { local, paths, did } = host();
    mkdirSync(`${paths.root}/run`);
    symlinkSync("/", paths.run);
    await expect(local.holdXapi(never())).rejects.toThrow("Cannot hold xapi: ");
    expect(did()).toEqual([]);
    rmSync(paths.run);
    rmSync(paths.bootId);
    await expect(local.holdXapi(never())).rejects.toThrow("the id of this boot cannot be read");
    expect([did(), existsSync(paths.heldXapi)]).toEqual([[], false]);
  });
});

describe("releaseXapi", () => {
  test("xapi is started, without waiting for it, and the note goes", async () => {
    const { local, did, note, since } = host();
    await local.holdXapi(never());
    expect(await local.releaseXapi(never())).toBe(true);
    expect([did(), note(), await since()]).toEqual([["stop xapi", "--no-block start xapi"], null, null]);
  });

  test("one that is not held is not started", async () => {
    const { local, did, write } = host();
    expect(await local.releaseXapi(never())).toBe(false);
    write('{"bootId":"another","sinceMs":5}');
    expect([await local.releaseXapi(never()), did()]).toEqual([false, []]);
  });

  test("a start that is refused leaves it held", async () => {
    const { local, tool, since } = host();
    await local.holdXapi(never());
    tool("exit 4");
    await expect(local.releaseXapi(never())).rejects.toThrow(
      "Cannot start xapi by systemctl --no-block start xapi",
    );
    expect(await since()).toBe(1_234);
  });
});

describe("restartXapi, restartToolstack", () => {
  test("xapi alone is restarted", async () => {
    const { local, did } = host();
    await local.restartXapi(never());
    expect(did()).toEqual(["restart xapi"]);
  });

  test("one that is held is left alone", async () => {
    const { local, did } = host();
    await local.holdXapi(never());
    const why = "Cannot restart xapi: it is held";
    await expect(local.restartXapi(never())).rejects.toThrow(why);
    await expect(local.restartToolstack(never())).rejects.toThrow(why);
    expect(did()).toEqual(["stop xapi"]);
  });
});

describe("readHeldSince", () => {
  const path = (text: string) => folder.write(crypto.randomUUID(), text);
  const rows: readonly [string, string, number | null][] = [
    ["a note of this boot", `{"bootId":"${BOOT}","sinceMs":77}`, 77],
    ["a note of another boot", '{"bootId":"b","sinceMs":77}', null],
    ["in doubt it is held: no JSON", "{", 0],
    ["empty", "", 0],
    ["without a boot", '{"sinceMs":77}', 0],
    ["a time that is none", `{"bootId":"${BOOT}","sinceMs":"x"}`, 0],
    ["a time before the boot", `{"bootId":"${BOOT}","sinceMs":-1}`, 0],
    ["null", "null", 0],
    ["far too long", " ".repeat(5_000), 0],
  ];
  for (const [what, text, since] of rows)
    test(`${what}: ${since}`, async () => expect(await readHeldSince(path(text), BOOT)).toBe(since));

  test("no note: not held; a folder in its place, or a boot that cannot be told: held", async () => {
    expect(await readHeldSince(folder.at("nothing-here"), BOOT)).toBe(null);
    mkdirSync(folder.at("a-folder"));
    expect(await readHeldSince(folder.at("a-folder"), BOOT)).toBe(0);
    expect(await readHeldSince(path('{"bootId":"b","sinceMs":77}'), null)).toBe(77);
  });
});
