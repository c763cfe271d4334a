import { runHaCfg } from "../../../src/cli/ha-cfg.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "./fake-ports.ts";

/** What a run of ha-cfg came to. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly world: FakeWorld;
}

/** Runs `ha-cfg <args>` in a world of its own. */
export async function haCfg(args: readonly string[], setUp: Partial<FakeWorld> = {}): Promise<Run> {
  const world = Object.assign(fakeWorld(), setUp);
  const captured = fakePorts(world);
  const code = await runHaCfg(args, captured.ports);
  return { code, out: captured.out, err: captured.err, world };
}
