import { obeyPrompt } from "./demo-prompt.ts";
import { startDemoPool, tellStory } from "./demo-story.ts";
import { Timeline } from "./timeline.ts";

/** Bash reads the line: it edits on a terminal, and takes no more of standard input than that, so that a shell finds the rest. */
const READ_LINE = 'IFS= read -r -e -p "demo> " line && printf "%s\\n" "$line"';

async function askLine(): Promise<string | null> {
  const reader = Bun.spawn(["bash", "-c", READ_LINE], {
    stdin: "inherit",
    stdout: "pipe",
    stderr: "inherit",
  });
  const text = await new Response(reader.stdout).text();
  return (await reader.exited) === 0 ? text : null;
}

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
  if (args.includes("--keep"))
    await obeyPrompt({ pool, timeline, write: (text) => process.stdout.write(text), ask: askLine });
  await timeline.stop();
  await pool.stop();
  return exitCode;
}

process.exitCode = await main(process.argv.slice(2));
