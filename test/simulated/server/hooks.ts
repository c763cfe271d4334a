import type { HookEnd } from "../../../src/simulation/world.ts";

/** As xenopsd runs a folder of hooks: one after the other, until one refuses. */
const RUN = `for hook in /etc/xapi.d/vm-pre-start/*; do
  [ -e "$hook" ] || continue
  "$hook" -vmuuid "$1" -reason none
  code=$?
  [ $code -le 1 ] || exit $code
done`;

/** Nobody waits for a start for ever. */
const HOOKS_MS = 30_000;

/** Runs the hooks before a start on the host itself. */
export function hooksOnHosts(onHost: readonly string[]): (host: number, vm: string) => Promise<HookEnd> {
  return async (host, vm) => {
    const command = [...onHost, String(host), "sh", "-c", RUN, "sh", vm];
    const child = Bun.spawn(command, {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      timeout: HOOKS_MS,
    });
    const said = await new Response(child.stdout).text();
    return { code: await child.exited, said: said.trim() };
  };
}
