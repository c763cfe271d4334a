import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { until } from "../e2e/world/wait.ts";
import { fakeDaemon, type Ran, run, Scratch, SHELLS } from "./scratch.ts";

const NAMES = { monitor: "ha-lizard", watchdog: "ha-lizard-watchdog" } as const;
const DAEMONS = { monitor: "ha-lizard.mon", watchdog: "ha-lizard-watchdog" } as const;
type Service = keyof typeof NAMES;
const SERVICES: readonly Service[] = ["monitor", "watchdog"];

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  // Every daemon that noted its start, however the test ended.
  for (const service of SERVICES) for (const pid of starts(service)) if (isOurs(service, pid)) kill(pid);
  scratch.remove();
});

const pidFile = (service: Service): string => `var/run/${NAMES[service]}.pid`;
const flag = (service: Service): string => `var/run/${NAMES[service]}.stopped`;
const has = (name: string): boolean => existsSync(scratch.path(name));
const pidOf = (service: Service): number => Number(scratch.text(pidFile(service)));

function starts(service: Service): readonly number[] {
  const file = `${DAEMONS[service]}.starts`;
  return has(file) ? scratch.text(file).trim().split("\n").map(Number) : [];
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}

/** The daemon of this scratch root lives under this pid. */
function isOurs(service: Service, pid: number): boolean {
  try {
    const daemon = scratch.path(`etc/ha-lizard/scripts/${DAEMONS[service]}`);
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(daemon);
  } catch {
    return false;
  }
}

const ended = (service: Service, pid: number): Promise<true> =>
  until(`process ${pid} ends`, 5000, () => !isOurs(service, pid));

/** What the daemon was started with. */
async function factsOf(service: Service): Promise<readonly string[]> {
  const text = await until("the daemon says what it was started with", 5000, () =>
    has(`${DAEMONS[service]}.facts`) ? scratch.text(`${DAEMONS[service]}.facts`) : null,
  );
  return text.trim().split("\n");
}

/** The service's script, by itself or under a shell of its own. */
async function act(
  service: Service,
  words: readonly string[],
  shell = "",
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  // The watchdog's script runs the monitor's with its name; a shell other than /bin/sh is given to that one.
  const file = scratch.path(`etc/init.d/${shell === "" ? NAMES[service] : NAMES.monitor}`);
  return await run([...shell.split(" ").filter((word) => word !== ""), file, ...words], {
    HA_LIZARD_ROOT: scratch.root,
    ...(shell === "" ? {} : { HA_LIZARD_SERVICE: NAMES[service] }),
    ...env,
  });
}

for (const shell of SHELLS) {
  for (const service of SERVICES) {
    describe(`${NAMES[service]} under ${shell}`, () => {
      beforeEach(async () => {
        expect((await scratch.install("dash")).code).toBe(0);
      });

      test("start, status, second start, restart, stop", async () => {
        expect(await act(service, ["status"], shell)).toEqual({
          code: 3,
          said: `${NAMES[service]} is stopped\n`,
        });
        const started = await act(service, ["start"], shell);
        expect(started).toEqual({ code: 0, said: expect.stringContaining("[  OK  ]") });
        const pid = pidOf(service);
        expect(isOurs(service, pid)).toBe(true);
        expect(await act(service, ["status"], shell)).toEqual({
          code: 0,
          said: `${NAMES[service]} (pid ${pid}) is running\n`,
        });

        expect((await act(service, ["start"], shell)).code).toBe(0);
        expect(pidOf(service)).toBe(pid);
        expect(starts(service)).toEqual([pid]);

        expect((await act(service, ["restart"], shell)).code).toBe(0);
        const second = pidOf(service);
        expect(second).not.toBe(pid);
        expect([isOurs(service, pid), isOurs(service, second)]).toEqual([false, true]);
        expect(has(flag(service))).toBe(false);

        expect((await act(service, ["stop"], shell)).code).toBe(0);
        expect([isOurs(service, second), has(pidFile(service)), has(flag(service))]).toEqual([
          false,
          false,
          true,
        ]);
        expect((await act(service, ["status"], shell)).code).toBe(3);
        expect((await act(service, ["stop"], shell)).code).toBe(0);

        expect((await act(service, ["start"], shell)).code).toBe(0);
        expect(has(flag(service))).toBe(false);
      });

      test("a killed daemon: status 1, and start brings it back", async () => {
        await act(service, ["start"], shell);
        const pid = pidOf(service);
        kill(pid);
        await ended(service, pid);
        expect((await act(service, ["status"], shell)).code).toBe(1);
        expect((await act(service, ["start"], shell)).code).toBe(0);
        expect(isOurs(service, pidOf(service))).toBe(true);
      });

      test("a pid that is another's now is not believed, and not killed", async () => {
        const other = Bun.spawn(["sleep", "60"], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
        try {
          scratch.write(pidFile(service), `${other.pid}\n`);
          expect((await act(service, ["status"], shell)).code).toBe(1);
          expect((await act(service, ["stop"], shell)).code).toBe(0);
          expect(other.exitCode).toBeNull();
          expect(other.signalCode).toBeNull();
          process.kill(other.pid, 0);
        } finally {
          other.kill("SIGKILL");
          await other.exited;
        }
      });

      test("wrong usage is 2 and starts nothing", async () => {
        for (const words of [
          [],
          ["begin"],
          ["start", "stop"],
          ["start", "-x"],
          ["-w"],
          ["start", "start"],
          [""],
        ])
          expect([words, (await act(service, words, shell)).code]).toEqual([words, 2]);
        expect(starts(service)).toEqual([]);
      });
    });
  }
}

describe("init.d", () => {
  const started = async (
    service: Service,
    env: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> => {
    await scratch.install("dash");
    expect((await act(service, ["start"], "", env)).code).toBe(0);
    return await factsOf(service);
  };

  test("the daemon's environment holds nothing of the caller's", async () => {
    const facts = await started("monitor", {
      BUN_OPTIONS: "--preload=/x",
      LD_PRELOAD_X: "y",
      HA_LIZARD_SYSRQ: "/run/s",
      WATCH_INTERVAL: "3",
    });
    const shellsOwn = /^(PWD|OLDPWD|SHLVL|_|cwd|files)=/;
    expect(facts.filter((fact) => !shellsOwn.test(fact)).sort()).toEqual([
      "BUN_GC_TIMER_INTERVAL=30000",
      "BUN_JSC_useJIT=0",
      `HA_LIZARD_ROOT=${scratch.root}`,
      "HA_LIZARD_SYSRQ=/run/s",
      "LANG=C",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/xensource/bin",
    ]);
  });

  test("the daemon has a session of its own, the folder / and few files", async () => {
    const facts = await started("monitor", {});
    expect(facts).toContain("cwd=/");
    expect(facts).toContain("files=4096");
    const pid = pidOf("monitor");
    const [, , group, session] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    expect([group, session]).toEqual([String(pid), String(pid)]);
  });

  test("WATCH_INTERVAL at the top of the watchdog's script reaches the watchdog", async () => {
    await scratch.install("dash");
    const script = "etc/init.d/ha-lizard-watchdog";
    scratch.write(script, scratch.text(script).replace("\nWATCH_INTERVAL=10\n", "\nWATCH_INTERVAL=25\n"));
    expect((await act("watchdog", ["start"])).code).toBe(0);
    expect(await factsOf("watchdog")).toContain("WATCH_INTERVAL=25");
  });

  test("-w acts on the watchdog too", async () => {
    await scratch.install("dash");
    expect((await act("monitor", ["start", "-w"])).code).toBe(0);
    expect(SERVICES.map((service) => isOurs(service, pidOf(service)))).toEqual([true, true]);
    expect((await act("monitor", ["status", "-w"])).code).toBe(0);
    kill(pidOf("watchdog"));
    await ended("watchdog", pidOf("watchdog"));
    expect((await act("monitor", ["status", "-w"])).code).toBe(1);
    expect((await act("monitor", ["status"])).code).toBe(0);
    expect((await act("monitor", ["-w", "restart"])).code).toBe(0);
    expect((await act("monitor", ["status", "-w"])).code).toBe(0);
    expect((await act("monitor", ["stop", "-w"])).code).toBe(0);
    expect(SERVICES.map((service) => has(flag(service)))).toEqual([true, true]);
    expect((await act("monitor", ["status", "-w"])).code).toBe(3);
  });

  test("a lease that does not end: a stop is refused and stops nothing, with -w neither; a restart does not ask", async () => {
    await scratch.install("dash");
    expect((await act("monitor", ["start", "-w"])).code).toBe(0);
    const pids = SERVICES.map(pidOf);
    scratch.write("end-lease", "3");
    for (const words of [["stop"], ["stop", "-w"]]) {
      expect(await act("monitor", words)).toEqual({ code: 1, said: expect.stringContaining("[FAILED]") });
      expect(SERVICES.map((service, at) => isOurs(service, pids[at] ?? 0))).toEqual([true, true]);
      expect(SERVICES.map((service) => has(flag(service)))).toEqual([false, false]);
    }
    expect((await act("watchdog", ["stop"])).code).toBe(0);
    expect((await act("monitor", ["restart", "-w"])).code).toBe(0);
    expect(SERVICES.map((service) => isOurs(service, pidOf(service)))).toEqual([true, true]);
    // What goes wrong when it is asked is no reason not to stop.
    scratch.write("end-lease", "1");
    expect((await act("monitor", ["stop", "-w"])).code).toBe(0);
    expect((await act("monitor", ["status", "-w"])).code).toBe(3);
  });

  test("a lease that cannot end any more when the watchdog has stopped already: it is started again", async () => {
    await scratch.install("dash");
    const stopTwice = async () => {
      scratch.write("end-lease", "0\n3\n");
      expect((await act("monitor", ["stop", "-w"])).code).toBe(1);
      return SERVICES.map((service) => has(pidFile(service)) && isOurs(service, pidOf(service)));
    };
    await act("monitor", ["start", "-w"]);
    const watchdog = pidOf("watchdog");
    expect(await stopTwice()).toEqual([true, true]);
    expect(pidOf("watchdog")).not.toBe(watchdog);
    // One that did not run is not started.
    await act("watchdog", ["stop"]);
    expect(await stopTwice()).toEqual([true, false]);
  });

  test("a start that is ended by SIGTERM, as systemd ends one, leaves no daemon", async () => {
    await scratch.install("dash");
    const cutOff = async () => {
      const script = Bun.spawn([scratch.path("etc/init.d/ha-lizard"), "start"], {
        env: { PATH: process.env["PATH"], HA_LIZARD_ROOT: scratch.root },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      });
      while (!has(pidFile("monitor")) && script.exitCode === null) await Bun.sleep(5);
      script.kill("SIGTERM");
      return await script.exited;
    };
    // A start that was over by then is taken back.
    while ((await cutOff()) === 0) expect((await act("monitor", ["stop"])).code).toBe(0);
    expect([has(pidFile("monitor")), starts("monitor").some((pid) => isOurs("monitor", pid))]).toEqual([
      false,
      false,
    ]);
    expect((await act("monitor", ["start"])).code).toBe(0);
    expect(isOurs("monitor", pidOf("monitor"))).toBe(true);
  });

  test("two starts at once start one daemon", async () => {
    await scratch.install("dash");
    const results = await Promise.all([1, 2, 3].map(() => act("monitor", ["start"])));
    expect(results.map((result) => result.code)).toEqual([0, 0, 0]);
    expect(starts("monitor")).toEqual([pidOf("monitor")]);
  });

  test("a daemon that ignores SIGTERM is killed after 6 s", async () => {
    scratch.writeBinary(fakeDaemon("ignores"));
    await scratch.install("dash");
    await act("monitor", ["start"]);
    const pid = pidOf("monitor");
    const began = performance.now();
    expect((await act("monitor", ["stop"])).code).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(5900);
    expect(isOurs("monitor", pid)).toBe(false);
  }, 30_000);

  test("a daemon that ends at once: start fails", async () => {
    scratch.writeBinary(fakeDaemon("dies at once"));
    await scratch.install("dash");
    const result = await act("monitor", ["start"]);
    expect(result).toEqual({ code: 1, said: expect.stringContaining("[FAILED]") });
    expect((await act("monitor", ["status"])).code).toBe(1);
  }, 30_000);

  test("a missing daemon: start says so", async () => {
    await scratch.install("dash");
    rmSync(scratch.path("etc/ha-lizard/ha-lizard"));
    expect(await act("monitor", ["start"])).toEqual({
      code: 5,
      said: expect.stringContaining("run install.sh again"),
    });
  });

  test("the subsystem lock, where its folder exists: status 2 when the daemon is gone without a pid file", async () => {
    await scratch.install("dash");
    scratch.write("var/lock/subsys/other", "");
    await act("monitor", ["start"]);
    expect(has("var/lock/subsys/ha-lizard")).toBe(true);
    const pid = pidOf("monitor");
    kill(pid);
    await ended("monitor", pid);
    rmSync(scratch.path(pidFile("monitor")));
    expect((await act("monitor", ["status"])).code).toBe(2);
    expect((await act("monitor", ["stop"])).code).toBe(0);
    expect(has("var/lock/subsys/ha-lizard")).toBe(false);
  });
});
