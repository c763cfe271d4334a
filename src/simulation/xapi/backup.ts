import type { Json } from "../database.ts";
import type { World, XapiProcess } from "../world.ts";
import { ApiError } from "./answer.ts";
import { forwardTo, onHost } from "./forward.ts";
import { copyTo } from "./master-duties.ts";
import type { Call, Methods } from "./method.ts";
import { answersTo, pause } from "./process.ts";
import { store } from "./state-file.ts";

/** A copy of the database when somebody asks for one (adapters/xapi/README.md, "The database on disk"). */
export const BACKUP_METHODS: Methods = {
  "host.request_backup": {
    params: ["string", "int", "bool"],
    session: "local",
    run: (call, [host]) => requestBackup(call, String(host)),
  },
};

/** Of the master: written to its own disk. Of a slave, asked there or through the master: it fetches a copy. */
async function requestBackup(call: Call, hostRef: string): Promise<Json> {
  const { process, world } = call;
  if (process.role.kind !== "master") await fetchCopy(world, process);
  else if (hostRef === process.host.ref) {
    await pause(world, process, world.timings.storeMs);
    if (!store(world, process.host)) throw noSpace();
  } else {
    const slave = await forwardTo(call, hostRef);
    await onHost(call, slave, () => fetchCopy(world, slave));
  }
  return "";
}

/** What a master that starts, or has no power, makes of it was measured; the slave's file stays as it was. */
async function fetchCopy(world: World, slave: XapiProcess): Promise<void> {
  const master = slave.role.kind === "slave" ? world.hostAt(slave.role.address) : undefined;
  const process = master?.xapi ?? null;
  if (master === undefined || !world.reaches(slave.host.number, master.number)) {
    await pause(world, slave, world.timings.deadHostQuestionMs);
    throw new ApiError("INTERNAL_ERROR", ['Unix.Unix_error(Unix.ETIMEDOUT, "connect", "")']);
  }
  if (process === null || !answersTo(world, slave.host.number, master) || !process.serving)
    throw new ApiError("INTERNAL_ERROR", ["Http_client.Http_request_rejected"]);
  await pause(world, slave, world.timings.fetchCopyMs);
  if (slave.host.databaseDiskFull) throw noSpace();
  if (!copyTo(world, process, slave.host)) throw noSpace();
}

/** How XAPI says it was not measured. */
export const noSpace = () => new ApiError("INTERNAL_ERROR", ['Unix.Unix_error(Unix.ENOSPC, "write", "")']);
