import { expect, test } from "bun:test";
import { startDemoPool, tellStory } from "./demo-story.ts";
import { Timeline } from "./timeline.ts";

test(
  "demo: a VM, a slave and the master die, and in the end every VM runs exactly once",
  async () => {
    const pool = await startDemoPool();
    const lines: string[] = [];
    const timeline = new Timeline(pool, (line) => lines.push(line), false);
    timeline.follow();
    try {
      await tellStory(pool, timeline);
    } catch (error) {
      console.error(lines.join("\n"));
      throw error;
    } finally {
      await timeline.stop();
      await pool.stop();
    }
    expect(lines.filter((line) => line.includes("TWICE"))).toEqual([]);
    expect(lines.length).toBeGreaterThan(10);
  },
  8 * 60_000,
);
