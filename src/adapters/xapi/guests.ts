import { type VmUuid, vmUuid } from "../../core/model/ids.ts";
import type { GuestReader } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { NULL_REF } from "./errors.ts";
import { anyOf } from "./filter.ts";
import { type GuestRecord, guestOfVm, guestRecord, parseRecords, parseValue } from "./records.ts";

/** Requests at the same time. */
const AT_A_TIME = 20;

export function createGuestReader({ session }: XapiContext): GuestReader {
  const list = "VM.get_all_records_where";
  const one = "VM_guest_metrics.get_record";
  return {
    async readReady(vms, what, signal) {
      const ready = new Set<VmUuid>();
      if (vms.length === 0) return ready;
      const read = parseRecords(list, guestOfVm, await session.call(list, [anyOf("uuid", vms)], signal));
      if (!read.ok) return ready;
      const speaking = [...read.value.values()].filter(({ guest_metrics }) => guest_metrics !== NULL_REF);
      for (let first = 0; first < speaking.length && !signal.aborted; first += AT_A_TIME) {
        await Promise.all(
          speaking.slice(first, first + AT_A_TIME).map(async ({ uuid, guest_metrics }) => {
            const guest = parseValue(one, guestRecord, await session.call(one, [guest_metrics], signal));
            if (guest.ok && isReady(guest.value, what)) ready.add(vmUuid(uuid));
          }),
        );
      }
      return ready;
    },
  };
}

/** What a guest gives itself, before or without a network: nobody else can reach it there. */
const OWN_ADDRESS = /^(127\.|169\.254\.|0\.0\.0\.0$|::1?$|fe[89ab][0-9a-f]:)/i;

/**
 * `PV_drivers_detected` is true of devices alone, without an agent; `PV_drivers_up_to_date` says the same today. The version is what the agent
 * itself has written. What the guest said before its last start XAPI has taken away at that start.
 */
function isReady({ PV_drivers_version, networks }: GuestRecord, what: "tools" | "address"): boolean {
  if (what === "tools") return Object.keys(PV_drivers_version).length > 0;
  return Object.values(networks).some((address) => address !== "" && !OWN_ADDRESS.test(address));
}
