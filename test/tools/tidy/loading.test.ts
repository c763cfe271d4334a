import { describe, expect, test } from "bun:test";
import { graphOf } from "./imports.ts";
import { checkLater, checkWeight, DAEMONS, LATER } from "./loading.ts";
import { SOURCES } from "./tree.ts";

const graph = (files: Record<string, string>) => graphOf(new Map(Object.entries(files)));
const DAEMON = "src/modes/monitor.ts";

describe("checkWeight", () => {
  const library = { "src/config/x.ts": 'import { z } from "zod/mini";' };

  test("a daemon must not load a parser, by whatever way", () => {
    const files = {
      [DAEMON]: 'import { a } from "../app/a.ts";',
      "src/app/a.ts": 'export { b } from "../config/x.ts";',
    };
    expect(checkWeight(graph({ ...files, ...library }), [DAEMON])).toEqual([
      "src/config/x.ts imports zod/mini",
    ]);
  });

  test("a type costs nothing, and a child may load what it likes", () => {
    const files = {
      [DAEMON]: 'import type { A } from "../config/x.ts";',
      "src/modes/iterate.ts": 'import "../config/x.ts";',
    };
    expect(checkWeight(graph({ ...files, ...library }), [DAEMON])).toEqual([]);
  });
});

describe("checkLater", () => {
  const simulation = { "src/simulation/pool.ts": 'import "./world.ts";', "src/simulation/world.ts": "" };
  const check = (files: Record<string, string>) =>
    checkLater(graph({ ...simulation, ...files }), [DAEMON], "src/simulation/");

  test("it may be loaded when it is wanted", () => {
    expect(check({ "src/modes/ha-cfg.ts": 'const x = await import("../simulation/pool.ts");' })).toEqual([]);
    expect(check({ "src/modes/ha-cfg.ts": 'import type { X } from "../simulation/pool.ts";' })).toEqual([]);
  });

  test("it is not loaded with anything", () => {
    expect(check({ "src/modes/ha-cfg.ts": 'import { x } from "../simulation/pool.ts";' })).toEqual([
      "src/modes/ha-cfg.ts imports src/simulation/pool.ts",
    ]);
  });

  test("a daemon cannot reach it, not even later", () => {
    expect(
      check({
        [DAEMON]: 'import("./drill.ts");',
        "src/modes/drill.ts": 'const x = await import("../simulation/pool.ts");',
      }),
    ).toEqual(["src/modes/drill.ts imports src/simulation/pool.ts, and a daemon can reach it"]);
  });
});

const GRAPH = graphOf(SOURCES);

test("the daemons stay small: they load no zod, nodemailer, citty or ping", () => {
  for (const daemon of DAEMONS) expect(SOURCES.has(daemon)).toBe(true);
  expect(checkWeight(GRAPH, DAEMONS)).toEqual([]);
});

for (const folder of LATER)
  test(`${folder} is loaded only when it is wanted, and by no daemon`, () => {
    expect([...SOURCES.keys()].some((file) => file.startsWith(folder))).toBe(true);
    expect(checkLater(GRAPH, DAEMONS, folder)).toEqual([]);
  });
