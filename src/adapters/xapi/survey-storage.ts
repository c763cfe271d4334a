import { hostUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { StorageFacts } from "../../ports/pool-survey.ts";
import { plug } from "./inventory-records.ts";
import type { Session } from "./session.ts";
import { all } from "./survey-list.ts";
import * as shapes from "./survey-records.ts";

/** Every SR, with the hosts that have it attached. */
export async function readStorages(
  session: Session,
  signal: AbortSignal,
): Promise<XapiResult<readonly StorageFacts[]>> {
  const [hosts, storages, plugs] = await Promise.all([
    all(session, "host", shapes.named, signal),
    all(session, "SR", shapes.storageFacts, signal),
    all(session, "PBD", plug, signal),
  ]);
  if (!hosts.ok) return hosts;
  if (!storages.ok) return storages;
  if (!plugs.ok) return plugs;
  const value = [...storages.value.values()].map(
    ({ uuid, name_label: name, type, shared, PBDs }): StorageFacts => ({
      uuid,
      name,
      type,
      shared,
      hosts: PBDs.flatMap((pbd) => {
        const plug = plugs.value.get(pbd);
        const host = plug?.currently_attached === true ? hosts.value.get(plug.host) : undefined;
        return host === undefined ? [] : [hostUuid(host.uuid)];
      }),
    }),
  );
  return { ok: true, value };
}
