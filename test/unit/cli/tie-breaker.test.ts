import { describe, expect, test } from "bun:test";
import { choiceText, type TiePool, withoutChoice } from "../../../src/cli/screens/tie-choices.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { onSr } from "./misconfigured-fencing.ts";
import { haCfg } from "./run.ts";
import { hosts, keys } from "./sound-pool.ts";

const PLACE = "ha@nas.example.org:claims";
const SR = "00000000-0000-4000-8000-0000000000aa";
const [first, second] = hosts(2);
const SECOND = second?.uuid ?? HOST;
const ACROSS = { ok: false, fault: { kind: "unreachable", detail: "no way" } } as const;

/** A pool of two, dom0-1 (this host, the master) and dom0-2. */
const run = (args: readonly string[], world: Partial<FakeWorld> = {}) =>
  haCfg(["tie-breaker", ...args], { hosts: hosts(2), otherConfig: keys(), ...world });
const written = (calls: readonly string[]) => calls.filter((call) => call.startsWith("HA_"));
const SET = [`HA_TIE_BREAKER_PLACE=${PLACE}`, "HA_TIE_BREAKER=ssh"];

describe("ha-cfg tie-breaker ssh", () => {
  test("keys of all hosts are shown, every host is set up and tested, then the parameters are set", async () => {
    const { code, out, err, world } = await run(["ssh", PLACE, "--yes"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(
      "restrict ssh-ed25519 KEY11111111 ha-lizard-tie-breaker\nrestrict ssh-ed25519 KEY11111112 ha-lizard-tie-breaker\n",
    );
    expect(out).toContain(`dom0-1: can claim ${PLACE}\ndom0-2: can claim ${PLACE}\n`);
    expect(out.replaceAll("\n", " ")).toContain(`only the side that claims ${PLACE} first goes on`);
    expect(world.calls.filter((call) => call.includes(" on ") || call.startsWith("HA_"))).toEqual([
      `prepare ${PLACE} on ${SECOND}`,
      `test ssh ${PLACE} on ${SECOND}`,
      ...SET,
    ]);
  });

  test("a host whose key is not known there: told, and nothing is set", async () => {
    const world = { prepareTie: (host: string) => (host === HOST ? null : "ha did not take the key") };
    const { code, out, err, world: after } = await run(["ssh", PLACE, "--yes"], world);
    expect([code, written(after.calls)]).toEqual([1, []]);
    expect(out).toContain("restrict ssh-ed25519 KEY11111112");
    expect(err).toBe(
      "dom0-2: ha did not take the key\nNothing was changed. Add the lines above there, and run this again.\n",
    );
  });

  test("on a terminal it is tried again when somebody says so", async () => {
    let refusals = 2;
    const world = { prepareTie: () => (refusals-- > 0 ? "not taken" : null) };
    const {
      code,
      err,
      world: after,
    } = await run(["ssh", PLACE], {
      ...{ terminal: true, lines: ["yes", "yes"] },
      ...world,
    });
    expect([code, written(after.calls)]).toEqual([0, SET]);
    expect(err).toContain("Try again? (yes/no) yes\n");
    const tired = await run(["ssh", PLACE], { terminal: true, lines: ["no"], prepareTie: () => "not taken" });
    expect([tired.code, written(tired.world.calls)]).toEqual([1, []]);
  });

  test("a host that fails its test: nothing is set", async () => {
    const tieTest = (_kind: string, _place: string, host: string) => (host === HOST ? null : "no hard links");
    const { code, err, world } = await run(["ssh", PLACE, "--yes"], { tieTest });
    expect([code, err, written(world.calls)]).toEqual([
      1,
      "dom0-2: no hard links\nNothing was changed.\n",
      [],
    ]);
  });

  test("a host that cannot be asked: what is to be run there, and the others go on", async () => {
    for (const world of [
      { otherHost: () => ACROSS },
      { hosts: [hostView(1, { uuid: HOST }), hostView(2, { live: false })] },
    ]) {
      const { code, err, world: after } = await run(["ssh", PLACE, "--yes"], world);
      expect([code, written(after.calls)]).toEqual([0, SET]);
      expect(err).toMatch(
        /^Warning: dom0-2 was not reached: .*\. It can claim nothing until this is run there/,
      );
      expect(err).toContain(`ha-cfg tie-breaker ssh ${PLACE} --here\n`);
    }
  });

  test("--here: only this host, and no parameter", async () => {
    const { code, out, world } = await run(["ssh", PLACE, "--here"]);
    expect([code, written(world.calls)]).toEqual([0, []]);
    expect(out).toContain("restrict ssh-ed25519 KEY11111111");
    expect(out + world.calls.join()).not.toContain("11111112");
  });

  test("a machine of the pool itself, and a host without a key", async () => {
    const inside = await run(["ssh", `ha@${first?.address}:claims`, "--yes"]);
    expect([inside.code, inside.err]).toEqual([
      1,
      "Cannot set the tie-breaker: dom0-1 is a host of the pool, and dies with its half.\n",
    ]);
    expect(inside.world.calls).not.toContain(`tie key of ${SECOND}`);
  });

  test("without a terminal it needs --yes, and does nothing before", async () => {
    const { code, err, world } = await run(["ssh", PLACE]);
    expect([code, world.calls]).toEqual([2, []]);
    expect(err).toContain("give --yes");
  });
});

describe("ha-cfg tie-breaker sr", () => {
  test("an SR that every host has: tested on each, and set", async () => {
    const { code, world } = await run(["sr", SR, "--yes"], { storages: onSr({}).storages });
    expect([code, written(world.calls)]).toEqual([0, [`HA_TIE_BREAKER_PLACE=${SR}`, "HA_TIE_BREAKER=sr"]]);
    expect(world.calls).toContain(`test sr ${SR} on ${SECOND}`);
  });

  test("one that is no place for claims: why, and nothing is asked or set", async () => {
    for (const [over, says] of [
      [{ type: "lvmoiscsi" }, "has no files (lvmoiscsi)"],
      [{ shared: false }, "which only one host has"],
      [{ hosts: [] }, "is not attached on dom0-1, dom0-2"],
      [{ uuid: "x" }, "which is no SR of this pool"],
    ] as const) {
      const { code, err, world } = await run(["sr", SR, "--yes"], { storages: onSr(over).storages });
      expect([code, written(world.calls)]).toEqual([1, []]);
      expect(err).toContain(says);
    }
  });

  test("SRs that cannot be listed", async () => {
    const { code, err } = await run(["sr", SR, "--yes"], { storages: ACROSS });
    expect([code, err]).toEqual([1, expect.stringContaining("the SRs could not be listed")]);
  });
});

describe("ha-cfg tie-breaker none, ip", () => {
  test("says what it means, asks, and writes one parameter", async () => {
    const yes = await run(["none"], {
      ...{ terminal: true, lines: ["yes"] },
      otherConfig: keys({ TIE_BREAKER: "ssh" }),
    });
    expect([yes.code, written(yes.world.calls)]).toEqual([0, ["HA_TIE_BREAKER=none"]]);
    expect(yes.out.replaceAll("\n", " ")).toContain("dom0-2 does nothing until somebody runs there");
    const no = await run(["ip"], { terminal: true, lines: ["no"] });
    expect([no.code, written(no.world.calls)]).toEqual([1, []]);
    expect(no.err).toContain("Warning: there are no heuristic IPs");
  });

  test("what is set already is not written", async () => {
    const { code, out, world } = await run(["ip", "--yes"], { otherConfig: keys({ TIE_BREAKER: "ip" }) });
    expect([code, written(world.calls)]).toEqual([0, []]);
    expect(out).toContain("nothing was changed");
  });

  test("FENCE_USE_IP_HEURISTICS=1 is stronger than none", async () => {
    const otherConfig = keys({ TIE_BREAKER: "ssh", FENCE_USE_IP_HEURISTICS: "1" });
    expect((await run(["none", "--yes"], { otherConfig })).err).toContain(
      "ha-cfg set FENCE_USE_IP_HEURISTICS 0",
    );
  });
});

describe("ha-cfg tie-breaker test", () => {
  const otherConfig = keys({ TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: PLACE });
  const tieTest = (_kind: string, _place: string, host: string) => (host === HOST ? null : "no route");

  test("this host, and with --all every host", async () => {
    const here = await run(["test"], { otherConfig, tieTest });
    expect([here.code, here.out]).toEqual([0, `dom0-1: can claim ${PLACE}\n`]);
    const all = await run(["test", "--all"], { otherConfig, tieTest });
    expect([all.code, all.out]).toEqual([1, `dom0-1: can claim ${PLACE}\ndom0-2: cannot claim: no route\n`]);
    const apart = await run(["test", "--all"], { otherConfig, otherHost: () => ACROSS });
    expect([apart.code, apart.out]).toEqual([1, expect.stringMatching(/^dom0-2: not reached: /m)]);
  });

  test("--json", async () => {
    const { out } = await run(["test", "--all", "--json"], { otherConfig, tieTest });
    expect(JSON.parse(out)).toEqual([
      { host: "dom0-1", uuid: HOST, reached: true, wrong: null },
      { host: "dom0-2", uuid: SECOND, reached: true, wrong: "no route" },
    ]);
  });

  test("where there is no place", async () => {
    const { code, err } = await run(["test"]);
    expect([code, err]).toEqual([
      1,
      "Cannot test the tie-breaker: TIE_BREAKER=none, so there is no place.\n",
    ]);
  });
});

describe("ha-cfg tie-breaker, with no choice", () => {
  test("what is set, the test of this host, and every choice, the one that is set marked", async () => {
    const otherConfig = keys({ TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: PLACE });
    const { code, out } = await run([], { otherConfig, tieTest: () => "no route" });
    expect(code).toBe(1);
    expect(out).toStartWith(`TIE_BREAKER=ssh, TIE_BREAKER_PLACE=${PLACE}\nThe test of this host: no route\n`);
    expect(out.split("\n").flatMap((line) => /^[* ] (none|ip|ssh|sr) /.exec(line)?.[0] ?? [])).toEqual([
      "  none ",
      "  ip ",
      "* ssh ",
      "  sr ",
    ]);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("--json", async () => {
    const { code, out } = await run(["--json"], { otherConfig: keys({ FENCE_USE_IP_HEURISTICS: "1" }) });
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { breaker: "ip", place: null, test: null, needed: true, choices: [{ choice: "none" }, {}, {}, {}] },
    ]);
  });
});

test("ha-cfg tie-breaker: what cannot be meant is wrong usage, and nothing is done", async () => {
  for (const [args, says] of [
    [["shh", PLACE], "did you mean ssh?"],
    [["ssh"], "it needs USER@HOST:DIRECTORY"],
    [["ssh", "nas:claims", "--yes"], "user@host:directory"],
    [["ssh", SR, "--yes"], "is no place for it"],
    [["sr", PLACE, "--yes"], "the uuid of a shared SR"],
    [["none", PLACE, "--yes"], "it takes no place"],
    [["sr", SR, "--here"], "--here goes with ssh"],
    [["none", "--all"], "--all goes with test"],
    [["ssh", PLACE, "--json", "--yes"], "--json goes with test"],
  ] as const) {
    const { code, err, world } = await run(args);
    expect([args, code, err, world.calls]).toEqual([args, 2, expect.stringContaining(says), []]);
  }
});

describe("what happens in a cut", () => {
  const two: TiePool = { hosts: ["h1", "h2"], master: "h2", heuristicIps: ["192.0.2.1"], place: "PLACE" };
  const four: TiePool = { ...two, hosts: ["h1", "h2", "h3", "h4"], heuristicIps: [], place: null };
  const rows: readonly [string, string][] = [
    [
      choiceText("none", two),
      "When h2 and h1 do not hear each other, h2 goes on, and fences h1. When h2 dies, h1 does nothing until somebody runs there: ha-cfg confirm-off h2.",
    ],
    [
      choiceText("ip", two),
      "When h2 and h1 do not hear each other, each host that reaches 192.0.2.1 may fence, and both may reach them: then each fences the other, and a host is lost that need not be. h1 waits for a while, so that h2 is usually first. When h2 dies, h1 fences it and takes its place, if it reaches them.",
    ],
    [
      choiceText("ssh", four),
      "When the network falls into two halves of 2 hosts, only the side that claims the machine first goes on, and fences the other one: never both. The half with the master h2 claims at once, the other half some seconds later, so that the half with the master h2 goes on unless it is cut off from the machine. When the half with h2 dies, the other half claims the machine, fences the dead and takes over by itself. While the machine does not answer, no half goes on alone. A side that has claimed and then dies, too, blocks the other one until it is back, or until somebody runs ha-cfg confirm-off.",
    ],
    [
      choiceText("none", { ...four, hosts: ["h1", "h2", "h3"] }),
      "When the network falls into two equal halves, while one host does not count, the half with the master h2 goes on, and fences the other half. When the half with h2 dies, the other half does nothing until somebody runs there: ha-cfg confirm-off for each dead host.",
    ],
    [
      withoutChoice({ ...four, hosts: ["h1", "h2", "h3"] }) ?? "",
      "3 hosts are an odd number: in a cut the side with 2 or more of them goes on. A tie-breaker decides only while an even number counts, as when one host is known to be off or in maintenance.",
    ],
  ];
  for (const [found, expected] of rows) test(expected, () => expect(found).toBe(expected));
  test("an even number depends on the choice; a single host on nothing", () =>
    expect([withoutChoice(two), withoutChoice({ ...two, hosts: ["h1"] })]).toEqual([
      null,
      "This pool has one host: there is nothing to decide.",
    ]));
});
