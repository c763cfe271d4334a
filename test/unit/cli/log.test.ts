import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";

/** The clock of the tests stands at 0. */
const line = (agoMs: number | null, text: string) => ({
  atMs: agoMs === null ? null : -agoMs,
  text: `Nov 23 09:41:40 h1 ha-lizard[12]: ${text}`,
});
const lines = [
  line(7_200_000, "vm_mon: cent4 was halted and has been started."),
  line(60_000, "check_slave_status: h2 has failed"),
  line(1_000, "vm_mon: evil\u001b[2J"),
];
const log = { ok: true, lines } as const;
const NONE = { ok: false, why: "there is no /var/log/messages" } as const;

describe("ha-cfg log", () => {
  test("shows the last lines, then those that come", async () => {
    const { code, out, err, world } = await haCfg(["log"], { log, logLater: [line(0, "new")] });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        "Nov 23 09:41:40 h1 ha-lizard[12]: vm_mon: cent4 was halted and has been started.",
        "Nov 23 09:41:40 h1 ha-lizard[12]: check_slave_status: h2 has failed",
        "Nov 23 09:41:40 h1 ha-lizard[12]: vm_mon: evil [2J",
        "Nov 23 09:41:40 h1 ha-lizard[12]: new",
        "",
      ].join("\n"),
    );
    expect(world.calls).toEqual(["follow"]);
  });

  const counted: readonly (readonly [readonly string[], number])[] = [
    [["-n", "1"], 1],
    [["-n2"], 2],
    [["--lines=2"], 2],
    [["--lines", "0"], 0],
    [["--since", "10m"], 2],
    [["--since", "3h", "-n", "1"], 1],
    [["--since", "1s"], 1],
    [["--since", "1969-12-31"], 3],
    [["--since=2026-11-23 09:41"], 0],
    [[], 3],
  ];
  for (const [args, count] of counted) {
    test(`ha-cfg log --no-follow ${args.join(" ")}: ${count} lines`, async () => {
      const run = await haCfg(["log", "--no-follow", ...args], { log });
      expect([run.code, run.out.split("\n").length - 1]).toEqual([0, count]);
      expect(run.world.calls).toEqual([]);
    });
  }

  const wrong: readonly (readonly [readonly string[], string])[] = [
    [["-n", "many"], 'Cannot show "many" lines'],
    [["-n"], "-n needs a value"],
    [["--since", "yesterday"], "allowed: 10m, 2h, 3d"],
    [["--since", "2026-13-45"], "allowed: 10m, 2h, 3d"],
    [["--sinc", "1d"], "did you mean --since?"],
    [["--no-folow"], "did you mean --no-follow?"],
  ];
  for (const [args, says] of wrong) {
    test(`ha-cfg log ${args.join(" ")}: exit 2`, async () => {
      const run = await haCfg(["log", ...args], { log });
      expect([run.code, run.out]).toEqual([2, ""]);
      expect(run.err).toContain(says);
    });
  }

  test("no log: exit 1", async () => {
    const run = await haCfg(["log"], { log: NONE });
    expect([run.code, run.err]).toEqual([1, "Cannot read the log: there is no /var/log/messages.\n"]);
  });
});
