/** How this program starts itself as a child. */
export interface SelfCommand {
  readonly self: readonly string[];
  readonly environment: Record<string, string>;
}

/**
 * Hands something over to a child of this program in a mode of its own, as JSON on its standard input: the command line
 * is for everybody to see. The child outlives this process and its group. Throws when it cannot be started.
 */
export function handOver({ self, environment }: SelfCommand, mode: string, what: unknown): void {
  const child = Bun.spawn([...self, mode], {
    cwd: "/",
    env: environment,
    detached: true,
    stdin: new TextEncoder().encode(JSON.stringify(what)),
    stdout: "ignore",
    stderr: "ignore",
  });
  child.unref();
}
