import type { HostUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { MasterConnection, VmStarter } from "../../ports/pool-database.ts";
import type { OpenMasterWay } from "../../ports/xapi-transport.ts";
import type { XapiContext } from "./context.ts";
import { openSession, type Session } from "./session.ts";
import { createStarter } from "./starter.ts";

/**
 * The master, spoken to by a slave itself. The own xapi would repeat a call that it passes on for 100 s, long after what
 * allowed it, also to the next run of the master's xapi. Here nothing is repeated: the session ends with the run of the master's
 * xapi, and no other is begun in its place, because what was read in the run before may not be so in the next one
 * (adapters/xapi/README.md, "The database on disk"). A request that a frozen xapi has taken it carries out when it goes on.
 */
export function createMasterConnection(
  { refs, index, clock }: XapiContext,
  { open, xeTimeoutMs }: { readonly open: OpenMasterWay; readonly xeTimeoutMs: number },
): MasterConnection & { readonly close: () => Promise<void>; readonly calls: () => number } {
  const sessions = new Map<string, Session>();

  async function sessionAt(
    self: HostUuid,
    address: string,
    signal: AbortSignal,
  ): Promise<XapiResult<Session>> {
    const known = sessions.get(address);
    if (known !== undefined) return { ok: true, value: known };
    const [ref, way] = await Promise.all([refs.host(self, signal), open(address)]);
    if (!ref.ok) return ref;
    if (!way.ok) return way;
    const { transport, secret } = way.value;
    const login = { method: "session.slave_login", params: [ref.value, secret], once: true };
    // Another caller may have been quicker.
    const session = sessions.get(address) ?? openSession({ transport, clock, xeTimeoutMs, login });
    sessions.set(address, session);
    return { ok: true, value: session };
  }

  async function connect(
    self: HostUuid,
    address: string,
    signal: AbortSignal,
  ): Promise<XapiResult<VmStarter>> {
    const session = await sessionAt(self, address, signal);
    if (!session.ok) return session;
    // References are those of the last read, the same on every host: between the checks and the start nothing is looked up.
    return { ok: true, value: createStarter({ session: session.value, refs, index, clock }) };
  }

  return {
    atMaster: connect,
    calls: () => [...sessions.values()].reduce((sum, session) => sum + session.calls(), 0),
    close: async () => void (await Promise.all([...sessions.values()].map((session) => session.close()))),
  };
}
