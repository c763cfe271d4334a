import { type Paths, pathsFrom } from "../../adapters/files/paths.ts";
import { markdownTable } from "../fill.ts";

/** What an administrator may have to find, in the order in which it is looked for. */
const SHOWN: readonly (readonly [keyof Paths, string])[] = [
  ["override", "parameters of this host only"],
  ["lastGood", "the last good copy of the pool's parameters"],
  ["fence", "a folder for each fence method: lists of devices, options, agents"],
  ["state", "what this host must not forget, also after a reboot"],
  ["votes", "its vote and the list of counting hosts"],
  ["pins", "keys and certificates of fence devices, as they were first seen"],
  ["tieBreakerKey", "the key by which this host logs in at the tie-breaker"],
  ["tieBreakerHosts", "the keys of machines that are tie-breakers"],
  ["hooks", "programs that are told what happens; make it when you want some"],
  ["run", "what is gone with a reboot: who is heard, the newest memory, locks"],
  ["serviceScript", "the service of the monitor; the one of the watchdog is beside it"],
];

const OTHERS: readonly (readonly [string, string])[] = [
  ["/etc/ha-lizard/ha-lizard", "the executable; `/usr/bin/ha-cfg` and the services are links to it"],
  ["/etc/xapi.d/vm-pre-start/50-ha-lizard", "asks the other hosts before a VM is started here"],
  [
    "/etc/xapi.d/plugins/ha-lizard-plugin",
    "answers which VMs run here, where the monitor is silent; status and plan, for whoever asks XAPI",
  ],
];

/** Files and folders on each host. */
export function filesTable(): string {
  const paths = pathsFrom({});
  const rows = [...SHOWN.map(([key, meaning]) => [paths[key], meaning] as const), ...OTHERS];
  return markdownTable(
    ["path", "what it is"],
    rows.map(([path, meaning]) => [`\`${path}\``, meaning]),
  );
}
