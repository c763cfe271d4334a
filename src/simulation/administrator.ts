import type { XapiResult } from "../core/model/pool-view.ts";
import { understand } from "./ports/transport.ts";
import type { World } from "./world.ts";
import { handle } from "./xapi/route.ts";

/** A call without its session. */
export type AdministratorCall = readonly [method: string, params: readonly unknown[]];

/**
 * Calls that a person makes one after the other with `xe`: on the master (null), or on a host in a local session, as
 * the emergency commands do. A refusal is recorded, and ends the row.
 */
export async function asAdministrator(
  world: World,
  on: number | null,
  calls: readonly AdministratorCall[],
): Promise<void> {
  const host = on ?? world.hosts.find(({ xapi }) => xapi?.role.kind === "master")?.number;
  if (host === undefined) return;
  const session =
    on === null
      ? await askLocally(world, host, "session.login_with_password", ["root", "", "1.0", "administrator"])
      : await askLocally(world, host, "session.slave_local_login_with_password", ["root", ""]);
  if (!session.ok) return;
  for (const [method, params] of calls) {
    const answer = await askLocally(world, host, method, [session.value, ...params]);
    world.record("administrator", { call: method, answer: answer.ok ? "done" : answer.fault });
    if (!answer.ok) return;
  }
}

/** One call of somebody on that host, by the socket of its xapi. */
export async function askLocally(
  world: World,
  host: number,
  method: string,
  params: readonly unknown[],
): Promise<XapiResult<unknown>> {
  return understand(await handle(world, host, "unix", { jsonrpc: "2.0", id: 1, method, params }));
}
