import * as z from "zod/mini";
import { type HostUuid, hostUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { KnownBmc } from "../../ports/pool-survey.ts";
import { readRef } from "./errors.ts";
import { uuid } from "./inventory-records.ts";
import { lazily, parseValue } from "./records.ts";
import type { Session } from "./session.ts";
import { all } from "./survey-list.ts";

const powerOn = lazily(() =>
  z.object({ uuid, power_on_mode: z.string(), power_on_config: z.record(z.string(), z.string()) }),
);
const text = lazily(() => z.string());
const lan = lazily(() => z.array(z.object({ name: z.string(), value: z.string() })));

/** XCP-ng's, which runs `ipmitool lan print` on the host. */
const IPMITOOL = "ipmitool.py";
const IPMITOOL_LAN = "get_ipmi_lan";
const IPMITOOL_MS = 30_000;
/** A BMC that nobody has given an address. */
const NO_ADDRESS = "0.0.0.0";

/** What XAPI and, where that has no address, the host itself know of each host's BMC. `live`: who may be asked. */
export async function readBmcs(
  session: Session,
  live: readonly HostUuid[],
  signal: AbortSignal,
): Promise<XapiResult<readonly KnownBmc[]>> {
  const hosts = await all(session, "host", powerOn, signal);
  if (!hosts.ok) return hosts;
  const read = [...hosts.value].map(async ([ref, record]): Promise<KnownBmc> => {
    const { power_on_ip, power_on_user, power_on_password_secret } = record.power_on_config;
    const isBmc = record.power_on_mode !== "" && record.power_on_mode !== "wake-on-lan";
    const address = isBmc ? power_on_ip || null : null;
    const host = hostUuid(record.uuid);
    return {
      host,
      address: address ?? (live.includes(host) ? await addressByItself(session, ref, signal) : null),
      user: isBmc ? power_on_user || null : null,
      secret: isBmc ? power_on_password_secret || null : null,
    };
  });
  return { ok: true, value: await Promise.all(read) };
}

/** null: it has no BMC, no such plugin, or does not say. */
async function addressByItself(session: Session, ref: string, signal: AbortSignal): Promise<string | null> {
  const method = "host.call_plugin";
  const called = await session.call(method, [ref, IPMITOOL, IPMITOOL_LAN, {}], signal, IPMITOOL_MS);
  const said = parseValue(method, text, called);
  if (!said.ok) return null;
  try {
    const parsed = lan().safeParse(JSON.parse(said.value));
    const found = parsed.data?.find(({ name }) => name === "IP Address")?.value;
    return found === undefined || found === "" || found === NO_ADDRESS ? null : found;
  } catch {
    return null;
  }
}

/** The text of a secret of XAPI: a password, which nobody shows. */
export async function readSecret(
  session: Session,
  secret: string,
  signal: AbortSignal,
): Promise<XapiResult<string>> {
  const ref = readRef(await session.call("secret.get_by_uuid", [secret], signal));
  if (!ref.ok) return ref;
  const method = "secret.get_value";
  return parseValue(method, text, await session.call(method, [ref.value], signal));
}
