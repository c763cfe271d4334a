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

  test("under systemd the units are started by systemctl, with -w both; a wanted stop is always flagged", async () => {
    const ran = await onHost(`install --nostart >/dev/null
mkdir -p /run/systemd/system
cat >/usr/bin/systemctl <<'END'
#!/bin/sh
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
});
