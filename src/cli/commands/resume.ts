import { rememberedMemory } from "../../app/pass/remembered.ts";
import { resolveTexts } from "../../app/pass/resolve-texts.ts";
import { hostName } from "../../core/members/host-rows.ts";
import { waitsForFence } from "../../core/memory/incident.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { Hearing } from "../../core/model/hearing.ts";
import { defineAction } from "../action.ts";
import { audit } from "../audit.ts";
import { type CliPorts, EXIT } from "../cli-ports.ts";
import { confirm } from "../confirm.ts";
import { hearingNow, ledElsewhere, MONITOR_SILENT } from "../hearing-now.ts";

export const resumeAction = defineAction({
  name: "resume",
  description:
    "Lets fencing continue after it has stopped because so many hosts were fenced. Find out why first: where the network has failed, and not the hosts, those that are fenced next still run their VMs.",
  args: { yes: { type: "boolean", description: "does not ask" } },
  async run(args, ports) {
    const memory = await rememberedMemory(ports.store);
    const isRefused = async () => {
      const why = whyNotHere(await hearingNow(ports), memory);
      if (why !== null) ports.stderr(`Cannot resume fencing: ${why}.\n`);
      return why !== null;
    };
    if ((await isRefused()) || memory === null) return EXIT.failed;
    if (memory.fencingStoppedSinceMs === null) {
      ports.stdout("Fencing has not stopped: nothing to resume.\n");
      return EXIT.done;
    }
    ports.stdout(renderUnfenced(memory));
    if (!(await confirm(ports, "resume", QUESTION, args.yes === true))) return EXIT.failed;
    // Whoever was asked has taken a while.
    if (await isRefused()) return EXIT.failed;
    await resume(ports);
    return EXIT.done;
  },
});

const QUESTION = "Do you know why so many hosts have failed, and may fencing continue?";

/** Why the word cannot be given on this host; null: it can. Only the leader fences, by what it remembers itself. */
function whyNotHere(hearing: Hearing | null, memory: Memory | null): string | null {
  if (hearing === null) return MONITOR_SILENT;
  const { lead, trouble } = hearing.group;
  if (trouble !== null) return `this host takes no part in the group: ${trouble}`;
  const elsewhere = ledElsewhere(
    hearing,
    (host) => (memory === null ? host : hostName(memory, host)),
    "fences",
  );
  if (elsewhere !== null) return elsewhere;
  if (lead === "told")
    return "other hosts hear a leader, which fences, and this one does not: see ha-cfg status on them";
  if (memory === null) return "what this host remembers cannot be read";
  // Where no votes are required, a host fences that does not lead, and has stopped.
  const isItsOwn = lead === "leads" || memory.fencingStoppedSinceMs !== null;
  return isItsOwn ? null : "no host leads the others now: see ha-cfg status";
}

/** Whom the word is about: hosts that have failed, and were not fenced. */
function renderUnfenced(memory: Memory): string {
  const names = Object.values(memory.incidents)
    .filter(waitsForFence)
    .map(({ host }) => hostName(memory, host))
    .sort();
  return names.length === 0
    ? "No host that has failed waits for a fence now.\n"
    : `Failed, and not fenced so far: ${names.join(", ")}. Fencing continues with them.\n`;
}

async function resume(ports: CliPorts): Promise<void> {
  const { settings } = resolveTexts(await ports.config.read(), null);
  await ports.store.save("fencing-resumed", { atMs: ports.clock.uptimeMs() });
  audit(ports, settings, "Fencing resumed");
  await ports.wakeMonitor();
  ports.stdout("Fencing continues on this host. What follows is in the log, and in ha-cfg status.\n");
}
