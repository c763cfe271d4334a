import { isUuid } from "../../core/model/ids.ts";
import type { PowerDevice, PowerReading } from "../device.ts";
import type { SshAnswer, SshClient } from "../ssh/client.ts";

/** `xe` returns when it is done. */
const SETTLE_MS = 1_000;
/** Everything that keeps, or could again take, the VM's memory and disks counts as on. */
const STATES: Readonly<Record<string, "on" | "off">> = {
  halted: "off",
  running: "on",
  paused: "on",
  suspended: "on",
};

/** A pool host that is a VM of another XenServer (a test pool): `xe` there, by ssh. */
export function createXvm(client: SshClient, outerHost: string, vm: string): PowerDevice {
  // It stands in a command line of the outer host's shell.
  if (!isUuid(vm)) throw new Error(`Assertion: ${vm} is no uuid of a VM`);
  return {
    name: `VM ${vm} on ${outerHost}`,
    settleMs: SETTLE_MS,
    async read(signal) {
      const answer = await client.run(`xe vm-list uuid=${vm} params=power-state --minimal`, signal);
      const failure = failureOf(answer);
      return failure === null
        ? parsePowerState(answer.output)
        : { kind: "unknown", why: failure, final: answer.final };
    },
    async switchPower(to, signal) {
      const command = to === "off" ? `xe vm-shutdown uuid=${vm} --force` : `xe vm-start uuid=${vm}`;
      const answer = await client.run(command, signal);
      const failure = failureOf(answer);
      return failure === null ? { kind: "accepted" } : { kind: "refused", why: failure, final: answer.final };
    },
  };
}

/** The output of `xe vm-list … params=power-state --minimal`: one word, or nothing when there is no such VM. */
export function parsePowerState(output: string): PowerReading {
  const said = output.trim();
  if (said === "") return { kind: "unknown", why: "the outer host has no such VM" };
  const kind = STATES[said];
  return kind === undefined
    ? { kind: "unknown", why: `neither on nor off; xe said: ${oneLine(said)}` }
    : { kind };
}

function failureOf({ fault, exitCode, errors }: SshAnswer): string | null {
  if (fault !== null) return fault;
  if (exitCode === 0) return null;
  return `xe failed with ${exitCode}: ${oneLine(errors.join("\n"))}`;
}

function oneLine(text: string): string {
  return text
    .trim()
    .split(/\s*[\r\n]+\s*/)
    .join(" / ");
}
