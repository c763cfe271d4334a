import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Interrupted, Interruption, type Step, type Tree } from "./interruption.ts";
import { layOutOldVersion, OLD_FILES } from "./old-version.ts";
import { Scratch } from "./scratch.ts";

const INSTALL: Step = ["install.sh", "--remove-old"];
const UNINSTALL: Step = ["uninstall.sh"];
const PURGE: Step = ["uninstall.sh", "--purge"];
const RESTORE: Step = ["uninstall.sh", "--restore"];
/** Some seconds on a machine that has nothing else to do; a minute with every command. */
const DEADLINE_MS = 900_000;

const world = new Interruption();
const empty = new Scratch();
const installed = new Scratch();
const old = new Scratch();
const oldAgain = new Scratch();
const overOld = new Scratch();
beforeAll(async () => {
  // As every host has them.
  for (const scratch of [empty, installed, old, oldAgain, overOld])
    for (const name of [
      "etc/init.d/xapi",
      "etc/bash_completion.d/xe",
      "usr/bin/xe",
      "etc/systemd/system/x",
      "var/lib/x",
    ])
      scratch.write(name, "");
  for (const scratch of [old, oldAgain, overOld]) layOutOldVersion(scratch, true);
  for (const scratch of [installed, overOld]) expect((await world.step(scratch, INSTALL)).code).toBe(0);
  oldAgain.write("etc/ha-lizard.original/ha-lizard.sh", "of an earlier time");
}, DEADLINE_MS);
afterAll(() => {
  for (const each of [world, empty, installed, old, oldAgain, overOld]) each.remove();
});

/** Of every root that differs: the number of the command before which the first run was killed, and the difference. */
function differing(found: readonly Interrupted[], at: number, expected: Tree): readonly unknown[] {
  return found.flatMap(({ killedBefore, trees }) => {
    const tree = trees[at] ?? {};
    const names = [...new Set([...Object.keys(tree), ...Object.keys(expected)])];
    const wrong = names.filter((name) => tree[name] !== expected[name]);
    return wrong.length === 0
      ? []
      : [{ killedBefore, wrong: wrong.map((name) => [name, tree[name], expected[name]]) }];
  });
}

const STORIES: readonly [
  what: string,
  prepared: Scratch,
  first: Step,
  again: readonly Step[],
  commands: number,
][] = [
  ["install.sh on an empty host", empty, INSTALL, [INSTALL, PURGE], 30],
  ["install.sh over its own installation", installed, INSTALL, [INSTALL], 20],
  ["uninstall.sh", installed, UNINSTALL, [UNINSTALL, INSTALL], 15],
  ["uninstall.sh --purge", installed, PURGE, [PURGE], 15],
  ["uninstall.sh --restore", overOld, RESTORE, [RESTORE], 30],
];
for (const [what, prepared, first, again, commands] of STORIES) {
  test(
    `${what}: killed before its commands and run again, as if nothing had happened`,
    async () => {
      const found = await world.everywhere(prepared, first, again);
      expect(found.at(-1)?.killedBefore).toBeGreaterThan(commands);
      for (const [at, step] of again.entries())
        expect([step, differing(found, at, await world.treeAfter(prepared, first, step))]).toEqual([
          step,
          [],
        ]);
    },
    DEADLINE_MS,
  );
}

describe("install.sh over HA-Lizard 2.x and its package", () => {
  test(
    "killed before its commands: it goes on when it is run again, and uninstall.sh --restore brings every file back",
    async () => {
      const found = await world.everywhere(old, INSTALL, [INSTALL, RESTORE]);
      expect(found.at(-1)?.killedBefore).toBeGreaterThan(50);
      expect(differing(found, 0, await world.treeAfter(old, INSTALL, INSTALL))).toEqual([]);
      for (const {
        killedBefore,
        trees: [, tree = {}],
      } of found) {
        const lost = Object.entries(OLD_FILES).filter(
          ([name, text]) => tree[name]?.endsWith(` ${text}`) !== true,
        );
        expect([killedBefore, lost]).toEqual([killedBefore, []]);
      }
    },
    DEADLINE_MS,
  );

  test(
    "with another one that was put aside before: killed while both are moved, it goes on when it is run again",
    async () => {
      const found = await world.everywhere(oldAgain, INSTALL, [INSTALL], 12);
      expect(differing(found, 0, await world.treeAfter(oldAgain, INSTALL))).toEqual([]);
      expect(found[0]?.trees[0]?.["etc/ha-lizard.original.1/ha-lizard.sh"]).toEndWith("of an earlier time");
    },
    DEADLINE_MS,
  );

  for (const signal of ["TERM", "INT"]) {
    test(
      `ended by SIG${signal}: says that it is not finished, and goes on when it is run again`,
      async () => {
        const scratch = new Scratch();
        layOutOldVersion(scratch, true);
        const ran = await world.step(scratch, INSTALL, 20, signal);
        expect([ran.code, ran.said]).toEqual([130, expect.stringContaining("run install.sh again")]);
        expect((await world.step(scratch, INSTALL)).code).toBe(0);
        scratch.remove();
      },
      DEADLINE_MS,
    );
  }
});
