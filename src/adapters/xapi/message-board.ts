import type { XapiResult } from "../../core/model/pool-view.ts";
import type { MessageBoard, PostedMessage } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { isApiFault, malformed, NULL_REF, voidOf } from "./errors.ts";
import { namedMessages } from "./filter.ts";
import { type MessageRecord, messageRecord, parseRecords } from "./records.ts";

const CLASSES = { host: "Host", vm: "VM" } as const;
/** Far below the 300 KiB of a request; nobody reads more in a client's window. */
const MAX_BODY_CHARACTERS = 16_000;
/** The master reads a file for each of up to 10,000 messages. */
const LIST_MS = 30_000;

export function createMessageBoard({ session, refs }: XapiContext): MessageBoard {
  return {
    async post({ name, priority, target, body }, signal) {
      // XAPI refuses text that is no UTF-8, which half a surrogate pair would become.
      const text = body.slice(0, MAX_BODY_CHARACTERS).toWellFormed();
      const create = (cls: string, uuid: string) =>
        session.call("message.create", [name, priority, cls, uuid, text], signal);
      const onPool = async () => {
        const pool = await refs.pool(signal);
        return pool.ok ? create("Pool", pool.value.uuid) : pool;
      };
      let answer = target.kind === "pool" ? await onPool() : await create(CLASSES[target.kind], target.uuid);
      // A host that was forgotten, a VM that was deleted: what is told of it is worth reading all the same.
      if (target.kind !== "pool" && !answer.ok && isApiFault(answer.fault, "UUID_INVALID"))
        answer = await onPool();
      if (!answer.ok) return answer;
      // A message that could not be written to disk is no error for XAPI, but has no reference
      // (adapters/xapi/README.md, "Messages").
      if (answer.value === NULL_REF) return malformed("message.create: nothing was stored");
      return { ok: true, value: undefined };
    },
    async listPosted(name, signal) {
      const method = "message.get_all_records_where";
      const answer = await session.call(method, [namedMessages(name)], signal, LIST_MS);
      return postedOf(name, parseRecords(method, messageRecord, answer));
    },
    async destroyPosted({ id }, signal) {
      const answer = await session.call("message.destroy", [id], signal);
      if (!answer.ok && isApiFault(answer.fault, "HANDLE_INVALID")) return { ok: true, value: undefined };
      return voidOf(answer);
    },
  };
}

/** Filtered again: a xapi that ignores the filter answers with the messages of every program. */
function postedOf(
  name: string,
  records: XapiResult<ReadonlyMap<string, MessageRecord>>,
): XapiResult<readonly PostedMessage[]> {
  if (!records.ok) return records;
  const ours = [...records.value].filter(([, record]) => record.name === name);
  const posted = ours.map(
    ([id, { priority, timestamp, body }]): PostedMessage => ({
      id,
      priority,
      postedAt: isoTime(timestamp),
      body,
    }),
  );
  const byAge = (a: PostedMessage, b: PostedMessage) =>
    a.postedAt === b.postedAt ? 0 : a.postedAt < b.postedAt ? -1 : 1;
  return { ok: true, value: posted.sort(byAge) };
}

/** XAPI's `20261123T09:41:40Z` has no dashes. */
function isoTime(timestamp: string): string {
  return timestamp.replace(/^(\d{4})(\d\d)(\d\d)T/, "$1-$2-$3T");
}
