import { readInventory } from "../adapters/files/local-host-files.ts";
import { readRegularFile } from "../adapters/files/regular-file.ts";
import { createHearingReader } from "../adapters/group/hearing-file.ts";
import { createRunsAsker } from "../adapters/group/runs-asker.ts";
import { writeOutput } from "../adapters/processes/standard-streams.ts";
import { whoElseRuns } from "../app/guard/who-else-runs.ts";
import { hostUuid, isUuid, vmUuid } from "../core/model/ids.ts";
import { showName } from "../core/model/plain-text.ts";
import { neverAborts } from "../ports/deadline.ts";
import { createRuntime } from "./runtime.ts";

/**
 * Another host runs the VM. No other code of this program is this one, so that the hook tells a clear yes from whatever may
 * go wrong, an older executable among it (2 is a wrong usage).
 */
const RUNS_ELSEWHERE = 23;
const LONGEST_LINE = 4_096;

/**
 * `guard -vmuuid UUID -reason WORD`: called by the hook in /etc/xapi.d/vm-pre-start before a VM is started on this host,
 * whoever asked for it. 23 and a sentence on standard output when another host says that it runs the VM; else 0.
 */
export async function run(args: readonly string[]): Promise<number> {
  const uuid = args[args.indexOf("-vmuuid") + 1] ?? "";
  if (!args.includes("-vmuuid") || !isUuid(uuid)) return 0;
  const { clock, store, config, paths } = createRuntime(false);
  const [inventory, boot] = await Promise.all([
    readInventory(paths.inventory),
    readRegularFile(paths.bootId, { maxBytes: LONGEST_LINE }),
  ]);
  const self = inventory["INSTALLATION_UUID"] ?? "";
  const bootId = boot.kind === "text" ? boot.text.trim() : "";
  if (!isUuid(self) || bootId === "") return 0;
  const ports = {
    clock,
    store,
    config,
    hearing: createHearingReader(paths.hearing),
    runsAsker: createRunsAsker({ clock, secretPath: paths.poolSecret }),
  };
  const runs = await whoElseRuns(
    vmUuid(uuid.toLowerCase()),
    { uuid: hostUuid(self), bootId },
    ports,
    neverAborts(),
  );
  if (runs === null) return 0;
  writeOutput(
    `HA-Lizard: this VM runs on host ${showName(runs)} already, although the pool database says otherwise. A second copy would destroy its disks. To set the database right, start it there: xe vm-start uuid=${uuid} on=<name of that host>; nothing is started by that. For a VM that HA looks after this is done automatically after some minutes. (START_GUARD=0 switches this check off.)\n`,
  );
  return RUNS_ELSEWHERE;
}
