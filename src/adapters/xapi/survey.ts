import { type HostUuid, hostUuid, vmUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { LocalDisk, PoolSurvey } from "../../ports/pool-survey.ts";
import { malformed, readRef } from "./errors.ts";
import { REAL_VMS } from "./filter.ts";
import { drive, plug } from "./inventory-records.ts";
import { namingSession } from "./named-fault.ts";
import { parseValue } from "./records.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import { readBmcs, readSecret } from "./survey-bmcs.ts";
import { all } from "./survey-list.ts";
import { readHostFacts, readInterfaces, readLocalNetworks } from "./survey-networks.ts";
import * as shapes from "./survey-records.ts";
import { readStorages } from "./survey-storage.ts";

const CLOSE_MS = 1_000;

export interface SurveyOptions extends SessionOptions {
  /** Is told each secret that is read: no text that is shown may have it in it. */
  conceal(secret: string): void;
}

/** The survey in a session of its own, opened with the first call that needs it. */
export function openSurvey(options: SurveyOptions): PoolSurvey {
  const session = namingSession(openSession(options));
  return {
    localDisks: (signal) => readLocalDisks(session, signal),
    localNetworks: (signal) => readLocalNetworks(session, signal),
    storages: (signal) => readStorages(session, signal),
    interfaces: (signal) => readInterfaces(session, signal),
    hostFacts: (signal) => readHostFacts(session, signal),
    bmcs: (live, signal) => readBmcs(session, live, signal),
    async secret(uuid, signal) {
      const read = await readSecret(session, uuid, signal);
      if (read.ok) options.conceal(read.value);
      return read;
    },
    hostClock: (host, signal) => readClock(session, host, signal),
    async close() {
      await withDeadline(
        options.clock,
        CLOSE_MS,
        neverAborts(),
        () => session.close(),
        () => undefined,
      );
    },
  };
}

/**
 * A VM can be started where every SR of its disks has an attached PBD (adapters/xapi/README.md, "Storage"), `shared` or
 * not.
 */
async function readLocalDisks(
  session: Session,
  signal: AbortSignal,
): Promise<XapiResult<readonly LocalDisk[]>> {
  const [vms, hosts, devices, disks, storages, plugs] = await Promise.all([
    all(session, "VM", shapes.named, signal, REAL_VMS),
    all(session, "host", shapes.named, signal),
    all(session, "VBD", drive, signal),
    all(session, "VDI", shapes.disk, signal),
    all(session, "SR", shapes.storage, signal),
    all(session, "PBD", plug, signal),
  ]);
  if (!vms.ok) return vms;
  if (!hosts.ok) return hosts;
  if (!devices.ok) return devices;
  if (!disks.ok) return disks;
  if (!storages.ok) return storages;
  if (!plugs.ok) return plugs;
  const hostsOf = (pbds: readonly string[]): readonly HostUuid[] =>
    pbds.flatMap((pbd) => {
      const plug = plugs.value.get(pbd);
      const host = plug?.currently_attached === true ? hosts.value.get(plug.host) : undefined;
      return host === undefined ? [] : [hostUuid(host.uuid)];
    });
  const found = [...devices.value.values()].flatMap((device): readonly LocalDisk[] => {
    const vm = vms.value.get(device.VM);
    const storage = storages.value.get(disks.value.get(device.VDI)?.SR ?? "");
    if (vm === undefined || storage === undefined) return [];
    const attached = hostsOf(storage.PBDs);
    if (attached.length >= hosts.value.size) return [];
    return [{ vm: vmUuid(vm.uuid), storage: storage.name_label, hosts: attached }];
  });
  return { ok: true, value: found };
}

async function readClock(session: Session, host: HostUuid, signal: AbortSignal): Promise<XapiResult<number>> {
  const ref = readRef(await session.call("host.get_by_uuid", [host], signal));
  if (!ref.ok) return ref;
  const method = "host.get_servertime";
  const told = parseValue(method, shapes.dateTime, await session.call(method, [ref.value], signal));
  if (!told.ok) return told;
  const [date, time] = told.value.replaceAll("-", "").split("T");
  const iso = date?.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const value = Date.parse(`${iso}T${time}`);
  return Number.isFinite(value) ? { ok: true, value } : malformed(`${method}: ${told.value} is no time`);
}
