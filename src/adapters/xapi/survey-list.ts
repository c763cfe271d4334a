import type { XapiResult } from "../../core/model/pool-view.ts";
import { parseRecords, type Shape } from "./records.ts";
import type { Session } from "./session.ts";

/** A large pool has thousands of disks: whole lists need more than an ordinary call. */
const LIST_MS = 30_000;

/** Every record of a class, or those of a filter, by reference. */
export async function all<T>(
  session: Session,
  cls: string,
  shape: Shape<T>,
  signal: AbortSignal,
  filter?: string,
): Promise<XapiResult<ReadonlyMap<string, T>>> {
  const method = filter === undefined ? `${cls}.get_all_records` : `${cls}.get_all_records_where`;
  const params = filter === undefined ? [] : [filter];
  return parseRecords(method, shape, await session.call(method, params, signal, LIST_MS));
}
