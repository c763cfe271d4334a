import { listDigest, PLUGIN_LIST_READ, PLUGIN_LIST_WRITE } from "../adapters/xapi/plugin-protocol.ts";
import { resolveTexts } from "../app/pass/resolve-texts.ts";
import { createFenceLists } from "../fence-agents/fence-lists.ts";
import type { FenceLists } from "../ports/fence-lists.ts";
import type { Logger } from "../ports/notices.ts";
import { createRuntime, flushLog, type Runtime } from "./runtime.ts";

/** The lists where the agents of this host look for them: FENCE_FILE_LOC is the host's own, or the last good one. */
export function fenceListsOf({ paths, config }: Pick<Runtime, "paths" | "config">): FenceLists {
  return createFenceLists({
    standard: paths.fence,
    agents: async () => resolveTexts(await config.read(), null).settings.FENCE_FILE_LOC,
  });
}

type Given = Readonly<Record<string, string>>;

/** What `ha-cfg fence-hosts` on another host asks of this one. */
export async function answerOfLists(called: string, given: Given): Promise<unknown> {
  const runtime = createRuntime(false);
  runtime.logger.obey?.(resolveTexts(await runtime.config.read(), null).settings);
  const answer = await listAnswer(called, given, fenceListsOf(runtime), runtime.logger);
  await flushLog(runtime);
  return answer;
}

/** The same with the lists of a test; null: there is no such function. */
export async function listAnswer(
  called: string,
  given: Given,
  lists: FenceLists,
  logger: Pick<Logger, "log">,
): Promise<unknown> {
  const method = given["method"] ?? "";
  if (called === PLUGIN_LIST_READ) {
    const read = await lists.read(method);
    return read.ok ? { path: read.path, text: read.text } : { why: read.why };
  }
  return called === PLUGIN_LIST_WRITE ? { why: await replace(method, given, lists, logger) } : null;
}

/** Why the list is not replaced; null: it is. */
async function replace(
  method: string,
  given: Given,
  lists: FenceLists,
  logger: Pick<Logger, "log">,
): Promise<string | null> {
  const text = readBase64(given["list"] ?? "");
  if (text === null) return "the new list came damaged";
  const found = await lists.read(method);
  if (!found.ok) return found.why;
  const force = given["force"] === "1";
  if (!force && listDigest(found.text) !== given["seen"])
    return `${found.path}: it was changed since it was read`;
  const why = await lists.write({ method, text, seen: found.text, force });
  const end = why === null ? "replaced" : `not replaced: ${why}`;
  logger.log("info", "ha-cfg", `Asked through XAPI: ${found.path} ${end}.`);
  return why;
}

function readBase64(given: string): string | null {
  const bytes = Buffer.from(given, "base64");
  if (bytes.toString("base64") !== given) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
