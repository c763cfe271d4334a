import { fstatSync, readFileSync } from "node:fs";
import { WORLD_BEGIN_WALL_MS } from "../../../src/simulation/clock.ts";
import { type SimServerConfig, startSimServer } from "./start.ts";

/**
 * sim-xapi-server: `bun test/simulated/server/main.ts --config <json> --dir <dir> [words that run a command on a host]`. Prints `ready`; ends with SIGTERM, SIGINT, or
 * when a pipe on standard input is closed.
 */
async function main(): Promise<void> {
  const config = argument("--config");
  const dir = argument("--dir");
  // Further words, if there are any, are how a command is run on a host.
  const onHost = process.argv.slice(process.argv.indexOf("--dir") + 2);
  const server = await startSimServer({
    ...(JSON.parse(readFileSync(config, "utf8")) as SimServerConfig),
    dir,
    ...(onHost.length === 0 ? {} : { onHost }),
  });
  // Programs of this machine ask, too: its clock is that of the hosts.
  for (const host of server.world.hosts)
    host.wallStepMs = Date.now() - WORLD_BEGIN_WALL_MS - server.world.nowMs();
  const end = () => void server.stop().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) {
    process.stdin.once("end", end);
    process.stdin.once("error", end);
    process.stdin.resume();
  }
  process.stdout.write("ready\n");
}

function argument(name: string): string {
  const value = process.argv[process.argv.indexOf(name) + 1];
  if (!process.argv.includes(name) || value === undefined) {
    throw new Error(`Cannot start: ${name} is missing (usage: server.ts --config <json> --dir <dir>)`);
  }
  return value;
}

if (import.meta.main) await main();
