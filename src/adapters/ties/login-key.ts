import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import type { Clock } from "../../ports/clock.ts";
import { wordsOf } from "../files/regular-file.ts";
import { runCommand } from "../processes/run-command.ts";

const KEYGEN_MS = 10_000;
const OTHERS_MAY_READ = 0o077;
const PUBLIC_KEY = /^ssh-ed25519 [A-Za-z0-9+/=]+/m;
const COMMENT = "ha-lizard-tie-breaker";

export interface KeygenContext {
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}

/**
 * The public key of `path`, as a line of authorized_keys. Makes the pair when there is none: beside it first, so that a kill leaves
 * no half of a key there. Never rejects.
 */
export async function ensureLoginKey(
  path: string,
  context: KeygenContext,
  signal: AbortSignal,
): Promise<{ readonly key: string } | { readonly why: string }> {
  try {
    if (!existsSync(path)) {
      const why = await makeKey(path, context, signal);
      if (why !== null) return { why };
    }
  } catch (error) {
    return { why: `Cannot make the key ${path}: ${wordsOf(error)}` };
  }
  const unusable = whyUnusable(path);
  if (unusable !== null) return { why: unusable };
  const { exitCode, output } = await keygen(["-y", "-P", "", "-f", path], context, signal);
  const key = exitCode === 0 ? PUBLIC_KEY.exec(output)?.[0] : undefined;
  if (key === undefined)
    return { why: `Cannot use the key ${path}: it is damaged; remove it, and set the tie-breaker again` };
  return { key: `${key} ${COMMENT}` };
}

/** Why ssh would not, or should not, use this key; null: it may. */
export function whyUnusable(path: string): string | null {
  try {
    const { mode, uid } = statSync(path);
    if ((mode & OTHERS_MAY_READ) !== 0)
      return `Cannot use the key ${path}: others may read it; run: chmod 600 ${path}`;
    return uid === 0 || uid === process.getuid?.()
      ? null
      : `Cannot use the key ${path}: it belongs to another user`;
  } catch (error) {
    return `Cannot use the key ${path}: ${wordsOf(error)}; set the tie-breaker on this host`;
  }
}

async function makeKey(path: string, context: KeygenContext, signal: AbortSignal): Promise<string | null> {
  const fresh = `${path}.new`;
  for (const left of [fresh, `${fresh}.pub`]) rmSync(left, { force: true });
  const args = ["-q", "-t", "ed25519", "-N", "", "-C", COMMENT, "-f", fresh];
  const { exitCode, output, late } = await keygen(args, context, signal);
  if (exitCode !== 0) {
    for (const left of [fresh, `${fresh}.pub`]) rmSync(left, { force: true });
    const said = output.trim().split("\n")[0] || "it cannot be started; install openssh";
    return `Cannot make the key ${path}: ssh-keygen: ${late ? "no answer in time" : said}`;
  }
  renameSync(`${fresh}.pub`, `${path}.pub`);
  renameSync(fresh, path);
  return null;
}

function keygen(args: readonly string[], { clock, environment }: KeygenContext, signal: AbortSignal) {
  const env = { ...environment, LC_ALL: "C" };
  return runCommand(clock, ["ssh-keygen", ...args], { timeoutMs: KEYGEN_MS, env, signal, stderrToo: true });
}
