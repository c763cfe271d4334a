import type { VmUuid } from "../../core/model/ids.ts";
import type { StopMessages } from "../../core/model/stop.ts";
import type { StopReader } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { type MessageRecord, messageRecord, parseRecords } from "./records.ts";

/** Requests at the same time; each reads the folder of one VM. */
const AT_A_TIME = 20;
const SINCE_EVER = "19700101T00:00:00Z";

/** Whoever asked for these, the VM ran then. */
const RAN: ReadonlySet<string> = new Set(["VM_STARTED", "VM_RESUMED", "VM_REBOOTED", "VM_MIGRATED"]);

export function createStopReader({ session, clock }: XapiContext): StopReader {
  const method = "message.get";
  return {
    async readStops(vms, signal) {
      const found = new Map<VmUuid, StopMessages>();
      for (let first = 0; first < vms.length && !signal.aborted; first += AT_A_TIME) {
        const some = vms.slice(first, first + AT_A_TIME);
        const answers = await Promise.all(
          some.map((vm) => session.call(method, ["VM", vm, SINCE_EVER], signal)),
        );
        for (const [index, vm] of some.entries()) {
          const answer = answers[index];
          const read = answer === undefined ? null : parseRecords(method, messageRecord, answer);
          if (read?.ok === true) found.set(vm, stopMessages([...read.value.values()], clock.wallMs()));
        }
      }
      return found;
    },
  };
}

/** XAPI writes whole seconds, and a slave reads those that the clock of its master has dated. */
const SLACK_MS = 10_000;

/**
 * A start that is later than now was dated before the clock was set back, and so is older than a stop that is not: a VM that a client has
 * stopped since is not started for as long as the clock was wrong.
 */
function stopMessages(messages: readonly MessageRecord[], wallMs: number): StopMessages {
  const isPast = (atMs: number) => atMs <= wallMs + SLACK_MS;
  const stops = messages.filter(({ name }) => name === "VM_SHUTDOWN");
  const stoppedAtMs = latest(stops.map(timeOf));
  const last = stops.find((message) => timeOf(message) === stoppedAtMs);
  const ran = messages.filter(({ name }) => RAN.has(name)).map(timeOf);
  const counted = stoppedAtMs !== null && isPast(stoppedAtMs) ? ran.filter(isPast) : ran;
  return { startedAtMs: latest(counted), stoppedAtMs, isForced: /forcibly/.test(last?.body ?? "") };
}

function latest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(...times);
}

/** `20261128T04:59:48Z`, whole seconds; one that is no time is as old as can be. */
function timeOf({ timestamp }: MessageRecord): number {
  const ms = Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T/, "$1-$2-$3T"));
  return Number.isNaN(ms) ? 0 : ms;
}
