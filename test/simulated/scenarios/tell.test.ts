import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tellStory } from "./tell.ts";

const fileWith = async (text: string, pool?: string): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "story-"));
  folders.push(folder);
  await Bun.write(join(folder, "mine.txt"), text);
  if (pool !== undefined) await Bun.write(join(folder, "pool.json"), pool);
  return join(folder, "mine.txt");
};
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const SLAVE_DIES = "pool three-hosts\nparams quick\n30s power h3 off\n";

describe("tellStory", () => {
  test("a folder of the collection: what happens, in words, and whether its claims hold", async () => {
    const { text, isGood } = await tellStory(join(import.meta.dir, "failover/slave-dies"));
    expect(isGood).toBe(true);
    expect(text).toContain("> power h3 off\n");
    expect(text).toMatch(/h1 asks the fence agent \w+ to cut h3\n/);
    expect(text).toContain("XAPI has declared h3 dead");
    expect(text).toMatch(/All \d+ things that it expects are so, and no rule was broken\.\n$/);
  });

  test("any file that is written like a script; a claim that does not hold is named with its line", async () => {
    const { text, isGood } = await tellStory(await fileWith(`${SLAVE_DIES}+1m expect vm vm3 h3\n`));
    expect(isGood).toBe(false);
    expect(text).toContain("vm3 runs on h1\n");
    expect(text).toContain("FAILED  mine.txt:4: +1m expect vm vm3 h3: found h1\n");
  });

  test("a story that claims nothing is told, and says how it could", async () => {
    const { text, isGood } = await tellStory(await fileWith(SLAVE_DIES));
    expect([isGood, text.includes("h3 loses power"), text.includes('"+30s expect all-once"')]).toEqual([
      true,
      true,
      true,
    ]);
  });

  const told = async (text: string, pool?: string): Promise<string> => {
    const file = await fileWith(text, pool);
    return await tellStory(file).then(
      () => "told",
      (error) => (error as Error).message,
    );
  };

  test("a bad file: what is wrong with it, in which line, and what helps", async () => {
    expect(await told("pool three-hosts\n3s powr h1 off\n")).toMatch(
      /^mine\.txt:2: 3s powr h1 off: no verb powr; there are power, /,
    );
    expect(await told("pool three-hosts\n3s power h9 off\n")).toContain(
      "mine.txt:2: 3s power h9 off: Cannot use host 9: the pool has 3",
    );
    expect(await told("pool three-hosts\n3s expect calmness\n")).toContain(
      "no claim calmness; there are all-once, ",
    );
    expect(await told("pool three-hosts\npower h1 off\n")).toContain(
      'mine.txt:2: "<time> <verb> …" is wanted',
    );
    expect(await told("pool thre-hosts\n")).toContain(
      'no preset "pool thre-hosts"; there are two-hosts, three-hosts',
    );
    expect(await told("pool three-hosts\nparams XAPI_COUNTS=2\n")).toContain("did you mean XAPI_COUNT?");
    expect(await told("3s power h1 off\n")).toContain('without a line "pool <preset>"');
    expect(await told("3s power h1 off\n", "{hosts: 3}")).toContain("pool.json cannot be read");
    for (const text of ["nonsense", "pool three-hosts\n3s powr h1 off\n"])
      expect(await told(text)).toEndWith("; test/simulated/scenarios/README.md says what can stand there");
  });

  test("no such file, or a folder without a script", async () => {
    const missing = join(import.meta.dir, "failover/no-such-claim");
    await expect(tellStory(missing)).rejects.toThrow(
      `there is no ${missing}: name a folder below test/simulated/scenarios`,
    );
    await expect(tellStory(import.meta.dir)).rejects.toThrow(`there is no script.txt in ${import.meta.dir}`);
  });
});
