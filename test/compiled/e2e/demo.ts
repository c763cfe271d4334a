import { startDemoPool, tellStory } from "./demo-story.ts";
import { Timeline } from "./timeline.ts";

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg !== "--keep");
  if (unknown.length > 0) {
    console.error(`usage: npm run demo [-- --keep]`);
    return 2;
  }
  const pool = await startDemoPool();
  const timeline = new Timeline(pool, (line) => console.log(line), process.stdout.isTTY);
  timeline.follow();
  let exitCode = 0;
  try {
    await tellStory(pool, timeline);
  } catch (error) {
    console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    exitCode = 1;
  }
  await timeline.stop();
  if (args.includes("--keep")) {
    console.log("A shell on host 1: try `ha-cfg get`, `cat /var/log/messages`; `exit` ends the pool.");
    await pool.shell(1);
  }
  await pool.stop();
  return exitCode;
}

process.exitCode = await main(process.argv.slice(2));
