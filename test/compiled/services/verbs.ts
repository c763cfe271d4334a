import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { FalseXen } from "../../tools/watchdog/false-xen.ts";
import { type InitKind, Machine } from "./machine.ts";

/** What CentOS 7's `service` does with a script in /etc/init.d: nothing of the caller's environment comes along. */
const SERVICE = '#!/bin/sh\nname=$1\nshift\nexec env -i PATH="$PATH" TERM=dumb "/etc/init.d/$name" "$@"\n';
/** Longer than the watchdog, and systemd's RestartSec, take to bring a daemon back. */
const STAYS_DOWN_S = 7;

/** A slot as the monitor would have armed it, stopped in its sleep; where there are control groups, in that of the monitor. Says its pid. */
const armSlot = (seconds: number) => `set -eu
HA_LIZARD_WATCHDOG_SLOT='token /usr/sbin/xenwatchdogd' /srv/xen/usr/sbin/xenwatchdogd ${seconds} 86399
until grep -q '[1-9]' /srv/xen/var/lib/false-xen/slots; do sleep 0.1; done
# The one that has forked it may not be gone yet.
until pid=$(pgrep -x xenwatchdogd) && grep -q '^State:.S' "/proc/$pid/status" 2>/dev/null; do sleep 0.1; done
if [ -d /run/systemd/system ]; then
  for group in $(find /sys/fs/cgroup -name ha-lizard.service); do echo "$pid" >"$group/cgroup.procs"; done
  systemctl status ha-lizard | grep -q "[^0-9]$pid /"
fi
kill -STOP "$pid"
echo "$pid"`;

/** A line for each daemon: its pids. What a daemon is just starting looks like the daemon until it is another program, or is gone. */
const DAEMONS = `for name in ha-lizard.mon ha-lizard-watchdog; do
  all=" $(pgrep -f "^/etc/ha-lizard/scripts/$name\\$" | tr '\\n' ' ')"
  for pid in $all; do
    parent=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status" 2>/dev/null)
    case $all in *" \${parent:-$pid} "*) ;; *) printf '%s ' "$pid" ;; esac
  done
  echo
done`;

interface Pids {
  readonly monitor: string;
  readonly watchdog: string;
}

/** Every verb of the scripts and the units, on a machine whose first process is of this kind. */
export function testVerbs(kind: InitKind): void {
  describe(`services with ${kind}`, () => {
    let machine: Machine;
    beforeAll(async () => {
      machine = await Machine.boot(kind);
      machine.write("service", SERVICE, 0o755);
      const prepare = `set -eu
echo "INSTALLATION_UUID='00000001-1111-4111-8111-111111111101'" >/etc/xensource-inventory
mkdir -p /etc/xensource; echo master >/etc/xensource/pool.conf
sh /tree/install.sh --offline --yes --nostart
sed -i 's/^WATCH_INTERVAL=10$/WATCH_INTERVAL=1/' /etc/init.d/ha-lizard-watchdog`;
      const { code, out } = await machine.run(prepare);
      expect([code, out]).toEqual([0, expect.stringContaining("HA-Lizard is installed")]);
    }, 240_000);
    afterAll(() => machine.shutDown());

    /** Pids of the daemons that really run; `-` for none, several would be a fault. */
    async function pids(): Promise<Pids> {
      const { out } = await machine.run(DAEMONS);
      const [monitor = "", watchdog = ""] = out.split("\n").map((line) => line.trim() || "-");
      return { monitor, watchdog };
    }

    async function expectRuns(command: string, code: number, up: { monitor: boolean; watchdog: boolean }) {
      const said = await machine.run(command);
      const { monitor, watchdog } = await pids();
      const one = (pid: string) => (pid === "-" ? false : /^\d+$/.test(pid) ? true : `several: ${pid}`);
      expect({
        command,
        code: said.code,
        monitor: one(monitor),
        watchdog: one(watchdog),
        out: said.out,
      }).toEqual({
        command,
        code,
        ...up,
        out: said.out,
      });
      return { monitor, watchdog };
    }

    const NONE = { monitor: false, watchdog: false };
    const MONITOR = { monitor: true, watchdog: false };
    const BOTH = { monitor: true, watchdog: true };
    const WATCHDOG = { monitor: false, watchdog: true };

    for (const how of ["/srv/service ", "/etc/init.d/"]) {
      const ha = `${how}ha-lizard`;
      const dog = `${how}ha-lizard-watchdog`;

      test(`${ha}: start, second start, status, restart, stop`, async () => {
        await expectRuns(`${ha} stop -w`, 0, NONE);
        await expectRuns(`${ha} status`, 3, NONE);
        const first = await expectRuns(`${ha} start`, 0, MONITOR);
        expect(await expectRuns(`${ha} start`, 0, MONITOR)).toEqual(first);
        await expectRuns(`${ha} status`, 0, MONITOR);
        await expectRuns(`${ha} status -w`, 3, MONITOR);
        const second = await expectRuns(`${ha} restart`, 0, MONITOR);
        expect(second.monitor).not.toBe(first.monitor);
        await expectRuns(`${ha} stop`, 0, NONE);
        await expectRuns(`${ha} status`, 3, NONE);
      }, 240_000);

      test(`${ha}: with -w, the watchdog too`, async () => {
        const first = await expectRuns(`${ha} start -w`, 0, BOTH);
        expect(await expectRuns(`${ha} start -w`, 0, BOTH)).toEqual(first);
        await expectRuns(`${ha} status -w`, 0, BOTH);
        const second = await expectRuns(`${ha} restart -w`, 0, BOTH);
        expect([second.monitor, second.watchdog]).not.toContain(first.monitor);
        expect(second.watchdog).not.toBe(first.watchdog);
        await expectRuns(`${ha} stop -w`, 0, NONE);
        await expectRuns(`${ha} status -w`, 3, NONE);
      }, 240_000);

      test(`${ha}: a killed monitor is brought back by the watchdog, a stopped one is not`, async () => {
        const { monitor } = await expectRuns(`${ha} start -w`, 0, BOTH);
        await machine.run(`kill -9 ${monitor}`);
        await machine.until(
          "another monitor",
          `/etc/init.d/ha-lizard status | grep -v 'pid ${monitor})' | grep running`,
        );
        await expectRuns(`${ha} status -w`, 0, BOTH);
        await expectRuns(`${ha} stop`, 0, WATCHDOG);
        const { out } = await machine.run(
          `n=0; while [ $n -lt ${STAYS_DOWN_S * 2} ]; do pgrep -f '^/etc/ha-lizard/scripts/ha-lizard.mon$' && break; n=$((n + 1)); sleep 0.5; done`,
        );
        expect(out).toBe("");
        await expectRuns(`${ha} start`, 0, BOTH);
        await expectRuns(`${ha} stop -w`, 0, NONE);
      }, 240_000);

      test(`${ha}: garbage is 2, and changes nothing`, async () => {
        const before = await expectRuns(`${ha} start -w`, 0, BOTH);
        for (const words of ["", "frobnicate", "start frobnicate", "-x", "stop --now", "start stop", "-w"]) {
          for (const script of [ha, dog])
            expect(await expectRuns(`${script} ${words}`, 2, BOTH)).toEqual(before);
        }
        await expectRuns(`${ha} stop -w`, 0, NONE);
      }, 240_000);

      test(`${dog}: on its own, with and without -w`, async () => {
        await expectRuns(`${ha} start`, 0, MONITOR);
        for (const w of ["", " -w"]) {
          const first = await expectRuns(`${dog} start${w}`, 0, BOTH);
          expect(await expectRuns(`${dog} start${w}`, 0, BOTH)).toEqual(first);
          await expectRuns(`${dog} status${w}`, 0, BOTH);
          expect((await expectRuns(`${dog} restart${w}`, 0, BOTH)).watchdog).not.toBe(first.watchdog);
          await expectRuns(`${dog} stop${w}`, 0, MONITOR);
          await expectRuns(`${dog} status${w}`, 3, MONITOR);
        }
        await expectRuns(`${ha} stop`, 0, NONE);
      }, 240_000);
    }

    test("what keeps a slot of Xen's watchdog stays as it is when the monitor is restarted or killed, and a stop is refused", async () => {
      const xen = new FalseXen(join(machine.folder, "xen"));
      try {
        const { monitor } = await expectRuns("/etc/init.d/ha-lizard start -w", 0, BOTH);
        const armed = await machine.run(armSlot(200));
        expect(armed.code).toBe(0);
        const pid = armed.out.trim();
        const slots = xen.slots();
        const isKept = async () => {
          expect(xen.slots()).toEqual(slots);
          expect((await machine.run("pgrep -x xenwatchdogd")).out.trim()).toBe(pid);
        };
        const second = await expectRuns("/etc/init.d/ha-lizard restart -w", 0, BOTH);
        expect(second.monitor).not.toBe(monitor);
        await isKept();
        await machine.run(`kill -9 ${second.monitor}`);
        const killedMs = performance.now();
        await machine.until(
          "another monitor",
          `/etc/init.d/ha-lizard status | grep -v 'pid ${second.monitor})' | grep running`,
        );
        // A host with a lease has not much more.
        expect(performance.now() - killedMs).toBeLessThan(6_000);
        await isKept();
        // A stop is refused after two thirds of its time.
        await machine.run(`kill -9 ${pid}`);
        await machine.until("the end of the slot's process", "! pgrep -x xenwatchdogd");
        xen.clear();
        const short = (await machine.run(armSlot(24))).out.trim();
        const said = await expectRuns("/etc/init.d/ha-lizard stop -w", 1, BOTH);
        expect(said).toEqual(await pids());
        expect((await machine.run("pgrep -x xenwatchdogd")).out.trim()).toBe(short);
        await machine.run(`kill -9 ${short}`);
        await expectRuns("/etc/init.d/ha-lizard stop -w", 0, NONE);
      } finally {
        await machine.run("pkill -9 -x xenwatchdogd");
        await xen.stop();
      }
    }, 240_000);

    if (kind === "systemd") {
      test("systemctl: start and stop, a stop stays, a killed daemon comes back without the watchdog", async () => {
        const { monitor } = await expectRuns("systemctl start ha-lizard", 0, MONITOR);
        await machine.run(`kill -9 ${monitor}`);
        await machine.until(
          "the monitor again",
          `/etc/init.d/ha-lizard status | grep -v 'pid ${monitor})' | grep running && systemctl is-active ha-lizard`,
        );
        await expectRuns("systemctl is-active ha-lizard", 0, MONITOR);
        await expectRuns("systemctl start ha-lizard-watchdog", 0, BOTH);
        await expectRuns("systemctl stop ha-lizard", 0, WATCHDOG);
        await machine.run("sleep 3");
        await expectRuns("/etc/init.d/ha-lizard status", 3, WATCHDOG);
        await expectRuns("systemctl stop ha-lizard-watchdog", 0, NONE);
      }, 240_000);

      test("both are enabled at boot, and uninstall.sh leaves no unit", async () => {
        const { out } = await machine.run("systemctl is-enabled ha-lizard ha-lizard-watchdog");
        expect(out).toBe("enabled\nenabled\n");
        expect((await machine.run("sh /tree/uninstall.sh --purge --yes")).code).toBe(0);
        const left = await machine.run(
          "find /etc /run /var -name '*ha-lizard*'; systemctl list-unit-files | grep ha-lizard",
        );
        expect(left.out).toBe("");
      }, 240_000);
    }
  });
}
