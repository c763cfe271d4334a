import * as z from "zod/mini";
import type { HostUuid } from "../../core/model/ids.ts";
import { oneLine, shorten } from "../../core/model/plain-text.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { XapiContext } from "./context.ts";
import { malformed } from "./errors.ts";
import { PLUGIN } from "./plugin-protocol.ts";
import { lazily, parseValue, type Shape } from "./records.ts";

/** What an administrator asks may take the other host that long (modes/plugin-ties.ts). */
const CALL_MS = 60_000;
const LONGEST_WHY = 500;

const text = lazily(() => z.string());

/** What most functions answer: null is done, a text why not. */
export const whyAnswer = lazily(() => z.object({ why: z.nullable(z.string()) }));
export interface WhyAnswer {
  readonly why: string | null;
}

/** One question to the plugin of this program on a host. */
export interface PluginQuestion {
  readonly host: HostUuid;
  readonly fn: string;
  readonly given: Readonly<Record<string, string>>;
}

/** Asks a host through XAPI what its own part of an action is. */
export async function askPlugin<T>(
  { refs, session }: Pick<XapiContext, "refs" | "session">,
  { host, fn, given }: PluginQuestion,
  shape: Shape<T>,
  signal: AbortSignal,
): Promise<XapiResult<T>> {
  const ref = await refs.host(host, signal);
  if (!ref.ok) return ref;
  const called = await session.call("host.call_plugin", [ref.value, PLUGIN, fn, given], signal, CALL_MS);
  const said = parseValue("host.call_plugin", text, called);
  return said.ok ? read(said.value, shape) : said;
}

/** In one line, of a length that people read. */
export function plainWhy(why: string | null): string | null {
  return why === null ? null : shorten(oneLine(why), LONGEST_WHY);
}

function read<T>(said: string, shape: Shape<T>): XapiResult<T> {
  try {
    const parsed = shape().safeParse(JSON.parse(said));
    if (parsed.success) return { ok: true, value: parsed.data };
  } catch {
    // No JSON: the same.
  }
  return malformed("host.call_plugin: not what the plugin of this version says");
}
