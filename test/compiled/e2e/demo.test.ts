import { expect, test } from "bun:test";
import { obeyPrompt } from "./demo-prompt.ts";
import { startDemoPool, tellStory } from "./demo-story.ts";
import { Timeline } from "./timeline.ts";
import type { Pool } from "./world/pool.ts";

/** README.md's installation on a bare host; whoever follows it there needs nothing else. */
const INSTALL = `cd && tar -xzf ha-lizard-*.tar.gz && cd ha-lizard-*/ && ./install.sh --dry-run >/dev/null && ./install.sh
ha-cfg fence-test && ha-cfg doctor && ha-cfg ha-enable && ha-cfg status`;

/** What `npm run demo -- --keep` can do afterwards: each line really does it, and what does not fit is said. */
async function playWithIt(pool: Pool, timeline: Timeline): Promise<void> {
  let said = "";
  const type = async (...lines: readonly string[]): Promise<string> => {
    said = "";
    const left = [...lines];
    const write = (text: string) => {
      said += text;
    };
    await obeyPrompt({ pool, timeline, write, ask: async () => left.shift() ?? null });
    return said;
  };
  const reaches = async (from: number, to: number): Promise<boolean> =>
    (await pool.tryOn(from, "ping", "-c", "1", "-W", "1", `10.77.0.${10 + to}`)).code === 0;
  const links = async () => [
    await reaches(1, 2),
    await reaches(2, 1),
    await reaches(1, 3),
    await reaches(2, 3),
  ];

  expect(await type("cut h1 h2", "exit")).toContain("power h2 off|on");
  expect(await links()).toEqual([false, false, true, true]);
  await type("cut h2 h1", "mend h1 h2");
  expect(await links()).toEqual([true, true, true, true]);
  await type("split h1 | h2,h3");
  expect(await links()).toEqual([false, false, false, true]);
  await type("heal");
  expect(await links()).toEqual([true, true, true, true]);
  expect(await type("cut h1 h2", "heal", "status")).toMatch(/ {2}h\d {2}master {2}/);
  expect(await links()).toEqual([true, true, true, true]);

  expect(await type("h2 hostname")).toContain("h2\n");
  await type("bmc h3 dead", "power h3 off");
  expect(pool.isOn(3)).toBe(false);
  expect(await type("status", "h3 hostname", "shell h3")).toContain("  h3  off\n");
  expect(said).toContain("Host 3 has no power: power h3 on\n");
  await type("bmc h3 up", "power h3 on");
  expect(pool.isOn(3)).toBe(true);
  for (const [line, answer] of [
    ["power h9 off", "A host is wanted, one of h1, h2, h3: h9; help shows what there is\n"],
    ["power h3", "off or on is wanted; help"],
    ["bmc h3 broken", "dead or silent or up is wanted: broken"],
    ["cut h1 h1", "these are one"],
    ["split h1", "Parts are wanted, like h1,h2 | h3"],
    ["vm web9 crash", "There is no VM web9; there are "],
    ["bare h9", "A host is wanted, one of h1, h2, h3: h9"],
    ["explode", "There is no explode; help shows what there is\n"],
  ] as const)
    expect(await type(line)).toContain(answer);

  const has = "h3 ls /usr/bin/ha-cfg /etc/init.d/ha-lizard /etc/ha-lizard/ha-lizard /root/ha-lizard-*.tar.gz";
  await type("bare h3", has);
  expect(said).toMatch(/HA-Lizard is removed[\s\S]*FENCE_METHOD TESTBMC[\s\S]*\n\/root\/ha-lizard-\S+gz\n/);
  expect(said).not.toMatch(/^\/(usr|etc)\//m);
  const done = await pool.on(3, "sh", "-c", INSTALL);
  expect(done).toMatch(/is started at boot[\s\S]* 0 bad\n[\s\S]*HA is switched on[\s\S]*Monitor +running/);
}

test(
  "demo: a VM, a slave and the master die, and in the end every VM runs exactly once",
  async () => {
    const pool = await startDemoPool();
    const lines: string[] = [];
    const timeline = new Timeline(pool, (line) => lines.push(line), false);
    timeline.follow();
    try {
      await tellStory(pool, timeline);
      await playWithIt(pool, timeline);
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
