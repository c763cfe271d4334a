import type { Settings } from "../../config/params.ts";
import type { Reason } from "../../core/model/reason.ts";
import type { ConfigTexts } from "../../ports/config-source.ts";
import type { PassPorts } from "./pass-ports.ts";
import { resolveTexts } from "./resolve-texts.ts";

/** The parameters in force in this pass; better known with every read of the pool database. */
export interface PassConfig {
  /** What the files said when the pass began. */
  readonly opened: ConfigTexts;
  readonly texts: ConfigTexts;
  readonly settings: Settings;
  readonly reasons: readonly Reason[];
}

/**
 * Are these the parameters that were set? Without a last good copy they are only if the pool database and the override
 * file could both be read; else they are the defaults, POOL among them, and nothing may be decided by those.
 */
export function areKnown(config: PassConfig, databaseRead: boolean): boolean {
  const { override, lastGood } = config.opened;
  return lastGood !== null || (databaseRead && override !== null);
}

/** Parameters before the pool database was read: override file, last good copy, defaults. */
export async function openConfig(ports: PassPorts): Promise<PassConfig> {
  const texts = await ports.config.read();
  const { settings, problems } = resolveTexts(texts, null);
  ports.logger.obey?.(settings);
  return { opened: texts, texts, settings, reasons: reasonsOf(texts, problems) };
}

/** Parameters with what the pool database says now; what is good of it becomes the last good copy. */
export async function refreshConfig(
  config: PassConfig,
  ports: PassPorts,
  otherConfig: Readonly<Record<string, string>>,
): Promise<PassConfig> {
  const { lastGood } = config.texts;
  const resolved = resolveTexts(config.texts, otherConfig);
  ports.logger.obey?.(resolved.settings);
  const texts = { ...config.texts, lastGood: resolved.lastGood };
  const next = {
    opened: config.opened,
    texts,
    settings: resolved.settings,
    reasons: reasonsOf(texts, resolved.problems),
  };
  if (lastGood !== null && isSame(lastGood, resolved.lastGood)) return next;
  try {
    await ports.config.saveLastGood(resolved.lastGood);
    return next;
  } catch (error) {
    const problem = `Cannot keep the last good parameters: ${error instanceof Error ? error.message : String(error)}`;
    return { ...next, reasons: [...next.reasons, { kind: "parameter-problem", problem }] };
  }
}

function reasonsOf(texts: ConfigTexts, problems: readonly string[]): readonly Reason[] {
  return [...texts.problems, ...problems].map((problem) => ({ kind: "parameter-problem", problem }));
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
