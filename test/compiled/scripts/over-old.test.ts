import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { layOutOldVersion, OLD_PACKAGE } from "./old-version.ts";
import { fakeDaemon, type Ran, run, Scratch, TREE } from "./scratch.ts";

/** Several installations each, and a machine that may have other work. */
const DEADLINE_MS = 120_000;
let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.writeBinary(fakeDaemon("ends", 1));
});
afterEach(() => scratch.remove());

/** On a host of its own, which has HA-Lizard 2.x and, as rpm knows it, its package. */
async function onOldHost(script: string): Promise<Ran> {
  layOutOldVersion(scratch, true);
  cpSync(join(import.meta.dir, "rpm.sh"), join(scratch.folder, "rpm"));
  const prepare = `set -eu
exec 2>&1
printf '#!/bin/sh\\n' >/usr/sbin/chkconfig; chmod 755 /usr/sbin/chkconfig
echo "INSTALLATION_UUID='00000001-1111-4111-8111-111111111101'" >/etc/xensource-inventory
cp /srv/rpm /usr/bin/rpm
(cd /srv/root && tar cf - .) | (cd / && tar xf - --no-overwrite-dir 2>/dev/null)
sed -i 's|/.*/root/|/|; s|rm -f .*/root/|rm -f /|' /var/lib/rpm/ha-lizard.postun
chmod 755 /etc/init.d/ha-lizard /etc/init.d/ha-lizard-watchdog
answer() {
  printf '#!/bin/sh\\n[ "$1 $2" != "ha-cfg status" ] || { echo '"'%s'"'; exit 0; }\\nexec /srv/executable "$@"\\n' "$1" >/tmp/asked
  chmod 755 /tmp/asked
}
files() { (cd / && find etc usr/bin usr/lib64/ha-lizard -path etc/alternatives -prune -o -print 2>/dev/null | sort); }
install() { sh /tree/install.sh --binary "\${binary:-/srv/executable}" --nostart "$@"; }
`;
  return await run([join(import.meta.dir, "host.sh"), scratch.folder, prepare + script]);
}

describe("the package of HA-Lizard 2.x", () => {
  test(
    "without an administrator's word: refused with the cure, nothing changed",
    async () => {
      const ran = await onOldHost(`files >/tmp/before
install || echo "install $?"
files | diff /tmp/before - && rpm -q ha-lizard`);
      expect(ran.said).toContain("--remove-old");
      expect(ran.said).toEndWith(`Nothing was changed.\ninstall 1\n${OLD_PACKAGE}\n`);
    },
    DEADLINE_MS,
  );

  for (const word of ["--remove-old", "--yes"]) {
    test(
      `${word}: rpm forgets it, its programs go aside, agents stay, and removing it afterwards touches nothing of ours`,
      async () => {
        const ran = await onOldHost(`install ${word} >/dev/null
[ ! -e /usr/bin/ha-lizard.mon ] && [ ! -e /usr/lib64/ha-lizard ] && ls /usr/libexec/ha-lizard/fence/ILO
ls /etc/ha-lizard.original/.system/usr/bin
files >/tmp/after; rpm -e ha-lizard || echo "rpm $?"; files | diff /tmp/after - && echo '<same>'
cat /etc/ha-lizard/ha-lizard.conf /etc/ha-lizard/fence/ILO/ILO.hosts; grep ^WATCH_INTERVAL /etc/init.d/ha-lizard-watchdog`);
        expect([ran.code, ran.said]).toEqual([
          0,
          [
            ...[
              "ilo_fence.sh",
              "ha-cfg",
              "ha-lizard.mon",
              "error: package ha-lizard is not installed",
              "rpm 1",
              "<same>",
            ],
            ...["FENCE_METHOD=OWN", "uuid:192.0.2.1", "WATCH_INTERVAL=25", ""],
          ].join("\n"),
        ]);
      },
      DEADLINE_MS,
    );
  }

  test(
    "needed by another package: refused, naming it",
    async () => {
      const ran =
        await onOldHost(`echo /x >/var/lib/rpm/iscsi-ha-2-1.noarch; echo ha-lizard >/var/lib/rpm/iscsi-ha.requires
install --yes || echo "install $?"; rpm -q ha-lizard`);
      expect(ran.said).toContain("rpm -e iscsi-ha-2-1.noarch");
      expect(ran.said).toEndWith(`install 1\n${OLD_PACKAGE}\n`);
    },
    DEADLINE_MS,
  );

  test(
    "known from before ours was installed: an update forgets it, without the word of an old installation",
    async () => {
      const ran = await onOldHost(`cp -a /var/lib/rpm /tmp/rpm; install --yes >/dev/null
cp /tmp/rpm/ha-lizard-* /var/lib/rpm/; answer '  "ha": "on",'
binary=/tmp/asked; install --yes >/dev/null && rpm -q ha-lizard || cat /etc/ha-lizard/ha-lizard.conf; ls -d /etc/ha-lizard.original*`);
      expect(ran.said).toBe(
        "package ha-lizard is not installed\nFENCE_METHOD=OWN\n/etc/ha-lizard.original\n",
      );
    },
    DEADLINE_MS,
  );
});

describe("HA-Lizard 2.x that is at work", () => {
  const refusals: readonly [string, string, string, string][] = [
    ["HA is on", `answer '  "ha": "on",'; binary=/tmp/asked`, "", "ha-cfg ha-disable"],
    [
      "HA was on, and XAPI is not asked",
      "echo true >/var/lib/ha-lizard/state/ha_lizard_enabled",
      "--offline",
      "ha-cfg ha-disable",
    ],
  ];
  for (const [what, prepare, options, cure] of refusals) {
    test(
      `${what}: refused with the cure, nothing changed`,
      async () => {
        const ran = await onOldHost(`${prepare}
files >/tmp/before; install --yes ${options} || echo "install $?"
files | diff /tmp/before - && echo '<unchanged>'`);
        expect(ran.said).toContain(cure);
        expect(ran.said).toEndWith("install 1\n<unchanged>\n");
      },
      DEADLINE_MS,
    );
  }

  test(
    "HA is off: installed",
    async () => {
      const ran = await onOldHost(`answer '  "ha": "off",'; binary=/tmp/asked; install --yes`);
      expect([ran.code, ran.said]).toEqual([0, expect.stringContaining("HA-Lizard is installed")]);
    },
    DEADLINE_MS,
  );

  for (const name of ["/usr/bin/ha-lizard.mon", "/etc/init.d/ha-lizard-watchdog", "/usr/bin/ha-lizard.sh"]) {
    test(
      `a ${name} that survives its stop: the installation stops with its number; when it has ended, it goes on`,
      async () => {
        const ran =
          await onOldHost(`printf '#!/bin/bash\\n[ "$1" != stop ] || exit 0\\nwhile :; do sleep 0.2; done\\n' >${name}
chmod 755 ${name}; ${name} start & pid=$!
tail -f ${name} >/dev/null & editor=$!
files >/tmp/before; install --yes || echo "install $?"; files | diff /tmp/before - && echo '<unchanged>'
echo "<pid $pid>"; kill $pid; wait $pid || true
install --yes; kill $editor`);
        const pid = /<pid (\d+)>/.exec(ran.said)?.[1];
        expect(ran.said).toContain(`run install.sh again: kill ${pid}\n`);
        expect(ran.said).toContain("install 1\n<unchanged>\n");
        expect(ran.said).toContain("HA-Lizard is installed");
      },
      DEADLINE_MS,
    );
  }
});

test(
  "install and uninstall, again and again, also over 2.x each time: never refused",
  async () => {
    layOutOldVersion(scratch, false);
    for (let round = 1; round <= 3; round++) {
      for (const ran of [await scratch.install("dash"), await scratch.uninstall("dash")])
        expect([round, ran.code]).toEqual([round, 0]);
      if (round === 2) layOutOldVersion(scratch, false);
    }
    expect(scratch.text("etc/ha-lizard.original/ha-lizard.init")).toBe("VERSION=2.4.0\n");
    expect(scratch.text("etc/ha-lizard.original.1/ha-lizard.init")).toBe("VERSION=2.4.0\n");
    expect(scratch.text("etc/ha-lizard/fence/OWN/OWN.sh")).toBe("own");
  },
  DEADLINE_MS,
);

test(
  "uninstall.sh leaves HA-Lizard 2.x alone where ours is not installed",
  async () => {
    layOutOldVersion(scratch, false);
    const before = scratch.list();
    expect((await scratch.uninstall("dash", "--purge")).code).toBe(0);
    expect(scratch.list()).toEqual(before);
  },
  DEADLINE_MS,
);

test(
  "--root with a package database of its own: that one is asked, not this machine's",
  async () => {
    layOutOldVersion(scratch, true);
    mkdirSync(join(scratch.folder, "empty"));
    symlinkSync(join(TREE, "test/compiled/scripts/rpm.sh"), join(scratch.folder, "empty", "rpm"));
    const command = [
      join(TREE, "install.sh"),
      "--root",
      scratch.root,
      "--binary",
      scratch.binary,
      "--remove-old",
    ];
    const { code } = await run(command, { PATH: `${join(scratch.folder, "tools")}:${process.env["PATH"]}` });
    expect([code, scratch.list().includes(`var/lib/rpm/${OLD_PACKAGE}`)]).toEqual([0, false]);
    expect(scratch.text("var/lib/rpm/.calls")).toContain("-e --justdb --noscripts");
  },
  DEADLINE_MS,
);
