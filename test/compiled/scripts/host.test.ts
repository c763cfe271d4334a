import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { fakeDaemon, type Ran, run, Scratch } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  // The first process of the host keeps the daemons.
  scratch.writeBinary(fakeDaemon("ends", 1));
});
afterEach(() => scratch.remove());

/** Runs a script on a host of its own; `chkconfig` there writes down how it was called. */
async function onHost(script: string): Promise<Ran> {
  const prepare = `set -eu
echo "INSTALLATION_UUID='00000001-1111-4111-8111-111111111101'" >/etc/xensource-inventory
printf '#!/bin/sh\\necho "$@" >>/tmp/chkconfig\\n' >/usr/sbin/chkconfig
chmod 755 /usr/sbin/chkconfig
files() { (cd / && find etc usr/bin run -path etc/alternatives -prune -o -print | sort); }
install() { sh /tree/install.sh --binary /srv/executable "$@"; }
`;
  return await run([join(import.meta.dir, "host.sh"), scratch.folder, prepare + script]);
}

/** The text between `<name>` and the next mark. */
function part(ran: Ran, name: string): string {
  const [, rest = ""] = ran.said.split(`<${name}>\n`);
  return rest.split(/^<.*>\n/m)[0] ?? "";
}

describe("on a host of its own", () => {
  test("install.sh registers and starts both services; uninstall.sh takes everything away", async () => {
    const ran = await onHost(`files >/tmp/before
echo '<install>'; install
echo '<registered>'; cat /tmp/chkconfig; : >/tmp/chkconfig
echo '<status>'; /etc/init.d/ha-lizard status -w
echo '<again>'; install; /etc/init.d/ha-lizard status -w
echo '<purge>'; sh /tree/uninstall.sh --purge --yes
echo '<unregistered>'; tail -n 2 /tmp/chkconfig
echo '<left>'; files >/tmp/after; diff /tmp/before /tmp/after
echo '<processes>'; grep -al ha-lizard /proc/[0-9]*/cmdline || true
echo '<end>'`);
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining("<end>")]);
    expect(part(ran, "registered")).toBe(
      "--add ha-lizard\nha-lizard on\n--add ha-lizard-watchdog\nha-lizard-watchdog on\n",
    );
    expect(part(ran, "status")).toMatch(
      /^ha-lizard \(pid \d+\) is running\nha-lizard-watchdog \(pid \d+\) is running\n$/,
    );
    expect(part(ran, "again")).toContain("Stopping ha-lizard:");
    expect(part(ran, "again")).toMatch(/ha-lizard-watchdog \(pid \d+\) is running\n$/);
    expect(part(ran, "unregistered")).toBe("--del ha-lizard-watchdog\n--del ha-lizard\n");
    expect(part(ran, "left")).toBe("");
    expect(part(ran, "processes").replace("/proc/1/cmdline\n", "")).toBe("");
  });

  test("--nostart starts nothing; --dry-run does nothing, whatever it would have to do", async () => {
    const ran = await onHost(`files >/tmp/before
install --dry-run >/tmp/said; files | diff /tmp/before -
echo '<said>'; grep -e chkconfig -e start /tmp/said
install --nostart >/dev/null
echo '<stopped>'; /etc/init.d/ha-lizard status -w || echo "status $?"
files >/tmp/before; sh /tree/uninstall.sh --purge --dry-run >/dev/null; files | diff /tmp/before -
echo '<end>'; [ ! -e /tmp/chkconfig ] || wc -l </tmp/chkconfig`);
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining("<end>\n4\n")]);
    expect(ran.said.startsWith("<said>\n")).toBe(true);
    expect(part(ran, "said")).toContain("would do: chkconfig --add ha-lizard\n");
    expect(part(ran, "said")).toContain("would do: /etc/init.d/ha-lizard start -w\n");
    expect(part(ran, "stopped")).toContain("status 3\n");
  });

  const refusals: readonly [string, string, string][] = [
    ["no Dom0", "rm /etc/xensource-inventory", "run it in Dom0"],
    ["XAPI that is silent", "answer '' 124", "XAPI does not answer"],
    ["XenServer's own HA", `answer '  "xapiHa": true,' 0`, "xe pool-ha-disable"],
  ];
  for (const [what, spoil, cure] of refusals) {
    test(`${what}: refused with the cure, nothing changed; ${what === "no Dom0" ? "always" : "not with --offline"}`, async () => {
      const ran = await onHost(`answer() {
  printf '#!/bin/sh\\n[ "$1 $2" != "ha-cfg status" ] || { echo '"'%s'"'; exit %s; }\\nexec /srv/executable "$@"\\n' "$1" "$2" >/tmp/asked
  chmod 755 /tmp/asked
}
answer '' 0
${spoil}
files >/tmp/before
sh /tree/install.sh --binary /tmp/asked --nostart || echo "install $?"
files | diff /tmp/before - && echo '<unchanged>'
sh /tree/install.sh --binary /tmp/asked --nostart --offline && echo '<offline>'`);
      expect(ran.said).toContain(cure);
      expect(ran.said).toContain("install 1\n<unchanged>\n");
      expect(ran.said.includes("<offline>")).toBe(what !== "no Dom0");
    });
  }

  test("an executable that does not run here is refused before the running services are stopped", async () => {
    const ran = await onHost(`install >/dev/null
printf '#!/bin/sh\\nexit 9\\n' >/srv/broken; chmod 755 /srv/broken
sh /tree/install.sh --binary /srv/broken || echo "install $?"
/etc/init.d/ha-lizard status -w && echo '<running>'`);
    expect(ran.said).toContain("does not run on this host");
    expect(ran.said).toContain("install 1\n");
    expect(ran.said).toContain("<running>\n");
  });

  test("services that do not stop: uninstall.sh removes nothing", async () => {
    const ran = await onHost(`install >/dev/null
printf '#!/bin/sh\\nexit 1\\n' >/etc/init.d/ha-lizard
files >/tmp/before
sh /tree/uninstall.sh --purge --yes || echo "uninstall $?"
files | grep -v watchdog >/tmp/after; grep -v watchdog /tmp/before | diff - /tmp/after && echo '<same>'`);
    expect(ran.said).toContain("uninstall 1\n");
    expect(ran.said).toContain("Nothing was removed.");
    expect(ran.said).toContain("<same>\n");
  });

  test("a lease that does not end: install.sh and uninstall.sh are refused, change nothing, and leave both services running", async () => {
    const ran = await onHost(`install >/dev/null
pids() { cat /run/ha-lizard.pid /run/ha-lizard-watchdog.pid; }
pids >/tmp/pids; files >/tmp/before
refused() { echo "<$1>"; shift; "$@" 2>&1 || echo "status $?"; pids | diff /tmp/pids -; files | diff /tmp/before -; /etc/init.d/ha-lizard status -w; }
echo 3 >/end-lease
refused install install
refused uninstall sh /tree/uninstall.sh --purge --yes
rm /end-lease
echo '<ended>'; install >/dev/null; /etc/init.d/ha-lizard status -w; pids | cmp -s /tmp/pids - || echo anew
echo '<uninstalled>'; sh /tree/uninstall.sh --purge --yes >/dev/null; echo "status $?"
echo '<end>'`);
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining("<end>")]);
    const running = "ha-lizard \\(pid \\d+\\) is running\nha-lizard-watchdog \\(pid \\d+\\) is running\n";
    const [installed, uninstalled] = [part(ran, "install"), part(ran, "uninstall")];
    expect(installed).toMatch(new RegExp(`Nothing was changed.*\nstatus 1\n${running}$`));
    expect(uninstalled).toMatch(new RegExp(`Nothing was removed.*\nstatus 1\n${running}$`));
    expect(installed).not.toContain("is not finished");
    expect(part(ran, "ended")).toMatch(new RegExp(`^${running}anew\n$`));
    expect(part(ran, "uninstalled")).toBe("status 0\n");
  });

  test("while the machine is shut down a lease that does not end is no reason not to stop the monitor, which is given time", async () => {
    const ran = await onHost(`install >/dev/null
systemctl() { printf '#!/bin/sh\n[ "$*" != is-system-running ] || echo %s\n' "$1" >/usr/bin/systemctl; chmod 755 /usr/bin/systemctl; }
echo 3 >/end-lease
systemctl running; /etc/init.d/ha-lizard stop >/dev/null || echo "running $?"
systemctl stopping; /etc/init.d/ha-lizard stop >/dev/null; echo "stopping $?"
/etc/init.d/ha-lizard status || true
# One that needs longer than the six seconds of others.
sed 's/^name=/trap "sleep 9; exit 0" TERM; name=/' /srv/executable >/tmp/slow; chmod 755 /tmp/slow; mv /tmp/slow /etc/ha-lizard/ha-lizard
/etc/init.d/ha-lizard start >/dev/null
pid=$(cat /run/ha-lizard.pid); began=$(date +%s)
/etc/init.d/ha-lizard stop; echo "<took> $(($(date +%s) - began))"`);
    expect(ran.said).toMatch(/^running 1\nstopping 0\nha-lizard is stopped\n/);
    expect(Number(/<took> (\d+)/.exec(ran.said)?.[1])).toBeGreaterThanOrEqual(8);
  }, 60_000);

  test("under systemd the units are started by systemctl, with -w both; a wanted stop is always flagged", async () => {
    const ran = await onHost(`install --nostart >/dev/null
mkdir -p /run/systemd/system
cat >/usr/bin/systemctl <<'END'
#!/bin/sh
[ "$1" != is-system-running ] || exec echo running
echo "$@" >>/tmp/calls
export SYSTEMCTL_SKIP_REDIRECT=1
script=/etc/init.d/\${2%.service}
case $1 in
  show) if [ "$3" = LoadState ]; then echo LoadState=loaded; else cat /tmp/substate; fi ;;
  stop) [ -e /tmp/dead ] || $script stop ;;
  *) $script $1 ;;
esac
END
chmod 755 /usr/bin/systemctl
echo SubState=dead >/tmp/substate
# Not from the first process: to the script that would be systemd itself.
service() { sh -c '/etc/init.d/ha-lizard "$@" >/dev/null; exit $?' service "$@"; }
calls() { echo "<$1>"; grep -v show /tmp/calls || true; : >/tmp/calls; }
service start -w; calls start
service status -w; calls status
service restart -w; calls restart
service stop -w; calls stop
rm -f /run/ha-lizard.stopped; : >/tmp/dead; service stop; calls dead; ls /run/ha-lizard.stopped
rm /tmp/dead; echo SubState=exited >/tmp/substate; service start; calls exited
echo '<end>'`);
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining("<end>")]);
    expect(part(ran, "start")).toBe("start ha-lizard.service\nstart ha-lizard-watchdog.service\n");
    expect(part(ran, "status")).toBe("");
    expect(part(ran, "restart")).toBe(
      "stop ha-lizard-watchdog.service\nrestart ha-lizard.service\nstart ha-lizard-watchdog.service\n",
    );
    expect(part(ran, "stop")).toBe("stop ha-lizard-watchdog.service\nstop ha-lizard.service\n");
    expect(part(ran, "dead")).toBe("stop ha-lizard.service\n/run/ha-lizard.stopped\n");
    expect(part(ran, "exited")).toBe("stop ha-lizard.service\nstart ha-lizard.service\n");
  });

  test("a stop takes back the blocked routes, also of a monitor that is dead; what cannot be taken back stays noted", async () => {
    const ran = await onHost(`install --nostart >/dev/null
rm -f /usr/sbin/ip /usr/bin/ip
cat >/usr/sbin/ip <<'END'
#!/bin/sh
echo "$*" >>/tmp/calls
case $* in *10.0.0.3*) echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2 ;; esac
echo 'RTNETLINK answers: No such process' >&2; exit 2
END
chmod 755 /usr/sbin/ip
note=/run/ha-lizard/blocked-routes.json
block() { mkdir -p /run/ha-lizard; echo "$1" >$note; }
stop() { /etc/init.d/ha-lizard stop >/dev/null || echo "code $?"; }
look() { echo "<$1>"; cat /tmp/calls 2>/dev/null || true; : >/tmp/calls; cat $note 2>/dev/null || true; }
block '["10.0.0.1","fd00::1"]'; stop; look dead
block '["10.0.0.1","10.0.0.3"]'; stop; look refused
rm $note; stop; look nothing
block '["10.0.0.1"]'; /etc/init.d/ha-lizard-watchdog stop >/dev/null; look watchdog
echo '<end>'`);
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining("<end>")]);
    const del = "route del unreachable 10.0.0.1/32\n";
    expect(part(ran, "dead")).toBe(`${del}-6 route del unreachable fd00::1/128\n`);
    expect(part(ran, "refused")).toBe(`${del}route del unreachable 10.0.0.3/32\n["10.0.0.1","10.0.0.3"]\n`);
    expect(part(ran, "nothing")).toBe("");
    expect(part(ran, "watchdog")).toBe('["10.0.0.1"]\n');
    expect(ran.said).not.toContain("code");
  });

  test("a stop ends the hold of xapi, also of a monitor that is dead; a restart, and systemd after a death, do not", async () => {
    const ran = await onHost(`install --nostart >/dev/null
mkdir -p /run/systemd/system
cat >/usr/bin/systemctl <<'END'
#!/bin/sh
[ "$1" != is-system-running ] || exec echo running
export SYSTEMCTL_SKIP_REDIRECT=1
[ ! -e /tmp/refuses ] || [ "$1" != --no-block ] || exit 4
script=/etc/init.d/\${2%.service}
case $1 in
  show) echo SubState=dead ;;
  --no-block) echo "$*" >>/tmp/calls ;;
  stop) [ -e /tmp/dead ] || $script stop ;;
  restart) $script stop; $script start ;;
  *) $script $1 ;;
esac
END
chmod 755 /usr/bin/systemctl
service() { sh -c '/etc/init.d/ha-lizard "$@" >/dev/null; exit $?' service "$@"; }
hold() { mkdir -p /run/ha-lizard; echo '{"bootId":"x","sinceMs":1}' >/run/ha-lizard/held-xapi.json; }
look() {
  echo "<$1>"
  cat /tmp/calls 2>/dev/null || true
  : >/tmp/calls
  if [ -e /run/ha-lizard/held-xapi.json ]; then echo held; fi
  if [ -e /run/ha-lizard.restarting ]; then echo restarting; fi
}
service start; hold; service restart; look restart
service stop; look stop
: >/tmp/dead; hold; service stop; look dead
hold; : >/tmp/refuses; service stop || echo "code $?" >>/tmp/calls; look refused; rm /tmp/refuses
service stop; look again
service stop; look nothing
rm /tmp/dead
# As systemd does: from the first process.
by_systemd() { SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/ha-lizard "$@" >/dev/null; }
by_systemd start; hold; kill -9 "$(cat /run/ha-lizard.pid)"; sleep 0.2; by_systemd stop; look died
by_systemd start; by_systemd stop; look lived
echo '<end>'`);
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining("<end>")]);
    expect(part(ran, "restart")).toBe("held\n");
    expect(part(ran, "stop")).toBe("--no-block start xapi\n");
    expect(part(ran, "dead")).toBe("--no-block start xapi\n");
    expect(part(ran, "refused")).toBe("code 1\nheld\n");
    expect(part(ran, "again")).toBe("--no-block start xapi\n");
    expect(part(ran, "nothing")).toBe("");
    expect(part(ran, "died")).toBe("held\n");
    expect(part(ran, "lived")).toBe("--no-block start xapi\n");
  });
});
