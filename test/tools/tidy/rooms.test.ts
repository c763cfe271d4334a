import { describe, expect, test } from "bun:test";
import { graphOf } from "./imports.ts";
import { checkRooms, ROOMS, roomGraph } from "./rooms.ts";
import { SOURCES } from "./tree.ts";

const graph = (files: Record<string, string>) => graphOf(new Map(Object.entries(files)));

describe("checkRooms", () => {
  test("a room imports itself and what its row allows; files in core itself import everything", () => {
    expect(
      checkRooms(
        graph({
          "src/core/members/x.ts": 'import "./y.ts";\nimport "../model/z.ts";',
          "src/core/decide.ts": 'import "./roles/master.ts";',
        }),
      ),
    ).toEqual([]);
  });

  test("neighbours do not know each other, and a type counts", () => {
    expect(
      checkRooms(graph({ "src/core/fencing/x.ts": 'import type { A } from "../takeover/a.ts";' })),
    ).toEqual(["src/core/fencing/x.ts imports src/core/takeover/a.ts"]);
  });

  test("nothing imports what stands above the rooms", () => {
    expect(checkRooms(graph({ "src/core/roles/x.ts": 'import "../decide.ts";' }))).toEqual([
      "src/core/roles/x.ts imports src/core/decide.ts",
    ]);
  });

  test("a folder that is in no row is not a room", () => {
    expect(checkRooms(graph({ "src/core/misc/x.ts": "" }))).toEqual([
      "src/core/misc/x.ts: there is no room misc",
    ]);
  });

  test("the table itself runs one way: a room allows only rooms named before it", () => {
    const names = Object.keys(ROOMS);
    for (const [room, allowed] of Object.entries(ROOMS)) {
      for (const other of allowed) expect(names.indexOf(other)).toBeLessThan(names.indexOf(room));
    }
  });
});

test("roomGraph: rooms instead of files, a folder within a room belonging to it", () => {
  const found = roomGraph(
    graph({
      "src/core/alerts/mail/x.ts": 'import "../y.ts";\nimport type { A } from "../../model/a.ts";',
      "src/core/model/a.ts": "",
    }),
  );
  expect([...found]).toEqual([
    ["alerts", ["model"]],
    ["model", []],
  ]);
});

test("every room of the core imports only what its row allows", () =>
  expect(checkRooms(graphOf(SOURCES))).toEqual([]));
