import type { MessageBoard } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { malformed, NULL_REF } from "./errors.ts";

/** Far below the 300 KiB of a request; nobody reads more in a client's window. */
const MAX_BODY_CHARACTERS = 16_000;

export function createMessageBoard({ session, refs }: XapiContext): MessageBoard {
  return {
    async post(name, priority, body, signal) {
      const pool = await refs.pool(signal);
      if (!pool.ok) return pool;
      // XAPI refuses text that is no UTF-8, which half a surrogate pair would become.
      const text = body.slice(0, MAX_BODY_CHARACTERS).toWellFormed();
      const params = [name, priority, "Pool", pool.value.uuid, text];
      const answer = await session.call("message.create", params, signal);
      if (!answer.ok) return answer;
      // A message that could not be written to disk is no error for XAPI, but has no reference (xapi.md §3.12).
      if (answer.value === NULL_REF) return malformed("message.create: nothing was stored");
      return { ok: true, value: undefined };
    },
  };
}
