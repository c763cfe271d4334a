import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Scratch } from "./scratch.ts";

/** The package of HA-Lizard 2.x, as rpm names it. */
export const OLD_PACKAGE = "ha-lizard-2.4.0-1.x86_64";

/** What its package lays out, by path. */
const PACKAGED: Readonly<Record<string, string>> = {
  "etc/bash_completion.d/ha-cfg": "complete -W 'insert remove' ha-cfg\n",
  "etc/ha-lizard/ha-lizard.conf": "FENCE_METHOD=OWN\n",
  "etc/ha-lizard/ha-lizard.init": "VERSION=2.4.0\n",
  "etc/ha-lizard/ha-lizard.pool.conf": "MONITOR_DELAY=15\n",
  "etc/ha-lizard/install.params": "MONITOR_DELAY=15\n",
  "etc/ha-lizard/fence/ILO/ILO.hosts": "uuid:192.0.2.1\n",
  "etc/init.d/ha-lizard": "#!/bin/sh\n# 2.x\nexit 0\n",
  "etc/init.d/ha-lizard-watchdog": '#!/bin/sh\nWATCH_INTERVAL="25"\nexit 0\n',
  "usr/bin/ha-cfg": "#!/bin/sh\n# 2.x\n",
  "usr/bin/ha-lizard.mon": "#!/bin/sh\n# 2.x\n",
  "usr/lib64/ha-lizard/ha-lizard.func": "# 2.x\n",
  "usr/libexec/ha-lizard/fence/ILO/ilo_fence.sh": "# 2.x\n",
};
/** Made at run time, or by its administrator. */
const WRITTEN: Readonly<Record<string, string>> = {
  "etc/ha-lizard/fence/OWN/OWN.sh": "own",
  "etc/ha-lizard/fence/OWN/data/list": "own",
  "var/lib/ha-lizard/state/ha_lizard_enabled": "false\n",
};

/** Every file of that installation, with its text. */
export const OLD_FILES: Readonly<Record<string, string>> = { ...PACKAGED, ...WRITTEN };

/** Lays out HA-Lizard 2.x as its package does; with `rpm` the package is known, too. */
export function layOutOldVersion(scratch: Scratch, rpm: boolean): void {
  for (const [name, text] of Object.entries(OLD_FILES)) scratch.write(name, text);
  if (!rpm) return;
  const folders = ["/etc/ha-lizard", "/usr/lib64/ha-lizard", "/usr/libexec/ha-lizard"];
  scratch.write(
    `var/lib/rpm/${OLD_PACKAGE}`,
    [...folders, ...files(PACKAGED)].map((path) => `${path}\n`).join(""),
  );
  const postun = files(PACKAGED).filter((path) => /init\.d|bin\/ha-cfg|completion/.test(path));
  scratch.write(
    "var/lib/rpm/ha-lizard.postun",
    postun.map((path) => `rm -f ${scratch.path(path)}\n`).join(""),
  );
  mkdirSync(join(scratch.folder, "tools"), { recursive: true });
  symlinkSync(join(import.meta.dir, "rpm.sh"), join(scratch.folder, "tools", "rpm"));
}

const files = (named: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(named).map((name) => `/${name}`);
