import { describe, expect, test } from "bun:test";
import type { KnownBmc } from "../../../src/ports/pool-survey.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { haCfg } from "./run.ts";
import { hosts, keys } from "./sound-pool.ts";

const [, second, third] = hosts(3);
const H2 = second?.uuid ?? HOST;
const H3 = third?.uuid ?? HOST;
const SHAPE = "# <host uuid>:<address of its BMC>[:<port>][:<user>]\n";
const bmc = (host: typeof HOST, address: string | null, extra: Partial<KnownBmc> = {}): KnownBmc => ({
  ...{ host, address, user: "admin", secret: "s1" },
  ...extra,
});
const THREE = [
  bmc(HOST, "192.0.2.11"),
  bmc(H2, "2001:db8::12"),
  // Of this one the host itself has told the address, and nobody a user or a password.
  bmc(H3, "192.0.2.13", { user: null, secret: null }),
];
const LIST = `${SHAPE}${HOST}:192.0.2.11:admin\n${H2}:[2001:db8::12]:admin\n${H3}:192.0.2.13\n`;
const SECRET = "hunter2-of-the-bmc";

/** A pool of three, dom0-1 (this host, the master), dom0-2 and dom0-3, whose BMCs XAPI knows. */
const run = (args: readonly string[], world: Partial<FakeWorld> = {}) =>
  haCfg(["fence-hosts", "from-xapi", ...args], {
    hosts: hosts(3),
    otherConfig: keys({ FENCE_METHOD: null }),
    bmcs: { ok: true, value: THREE },
    secret: () => ({ ok: true, value: SECRET }),
    ...world,
  });
const listsOf = ({ lists }: FakeWorld) => [HOST, H2, H3].map((host) => lists[host]?.["IPMI"] ?? null);
const written = (calls: readonly string[]) => calls.filter((call) => /^(write|HA_)/.test(call));

describe("ha-cfg fence-hosts from-xapi", () => {
  test("every host gets a list of what XAPI knows; what is still to be done is said", async () => {
    const { code, out, err, world } = await run(["--yes"]);
    expect([code, ...listsOf(world)]).toEqual([0, LIST, LIST, LIST]);
    expect(out).toContain(
      "dom0-1 at 192.0.2.11:admin, dom0-2 at [2001:db8::12]:admin, dom0-3 at 192.0.2.13\n",
    );
    expect(out).toEndWith("Then: ha-cfg set FENCE_METHOD IPMI; ha-cfg fence-test, on every host\n");
    expect(err).toContain("FENCE_PASSWD is not set: ha-cfg set FENCE_PASSWD -");
    expect(world.otherConfig["HA_FENCE_PASSWD"]).toBeUndefined();
  });

  test("a user that FENCE_USER is already is not repeated", async () => {
    const { world } = await run(["--yes"], { otherConfig: keys({ FENCE_USER: "admin" }) });
    expect(listsOf(world)[0]).toContain(`${HOST}:192.0.2.11\n`);
  });

  test("--password: FENCE_PASSWD is what XAPI keeps, and nobody sees it", async () => {
    const { code, out, err, world } = await run(["--password", "--yes"]);
    expect([code, err, world.otherConfig["HA_FENCE_PASSWD"]]).toEqual([0, "", SECRET]);
    expect(out).toContain("FENCE_PASSWD  not set (default '') -> ********\n");
    expect(out + world.logged.join("\n")).not.toContain(SECRET);
    expect(world.logged.join("\n")).toContain("FENCE_PASSWD of the pool changed from nothing to ********");
  });

  test("--password, and XAPI keeps different ones, or cannot say: nothing at all is changed", async () => {
    const bmcs = {
      ok: true,
      value: [bmc(HOST, "192.0.2.11"), bmc(H2, "192.0.2.12", { secret: "s2" })],
    } as const;
    const secret = (uuid: string) => ({ ok: true, value: `${SECRET}-${uuid}` }) as const;
    const differ = await run(["--password", "--yes"], { bmcs, secret });
    expect([differ.code, written(differ.world.calls)]).toEqual([1, []]);
    expect(differ.err).toContain("it keeps different passwords of the BMCs");
    expect(differ.err + differ.out).not.toContain(SECRET);
    const gone = {
      ok: false,
      fault: { kind: "api", code: "UUID_INVALID", params: ["secret", "s1"] },
    } as const;
    const lost = await run(["--password", "--yes"], { secret: () => gone });
    expect([lost.code, written(lost.world.calls)]).toEqual([1, []]);
    expect(lost.err).toContain("a password could not be read: ");
  });

  test("--password, and XAPI keeps none: the list is written, and what is missing is said", async () => {
    const { code, err, world } = await run(["--password", "--yes"], {
      bmcs: { ok: true, value: [bmc(HOST, "192.0.2.11", { secret: null })] },
    });
    expect([code, listsOf(world)[2]]).toEqual([1, `${SHAPE}${HOST}:192.0.2.11:admin\n`]);
    expect(err).toContain("dom0-2: XAPI knows no BMC of it.\n");
    expect(err).toContain("XAPI keeps no password of these BMCs: ha-cfg set FENCE_PASSWD -\n");
  });

  test("--password, and what XAPI keeps is no password, or none at all", async () => {
    const of = (value: string) => run(["--password", "--yes"], { secret: () => ({ ok: true, value }) });
    const odd = await of(`${SECRET}\0`);
    expect([odd.code, written(odd.world.calls)]).toEqual([1, []]);
    expect(odd.err).toContain("is none for FENCE_PASSWD");
    expect(odd.err).not.toContain(SECRET);
    const empty = await of("");
    expect([empty.code, empty.world.otherConfig["HA_FENCE_PASSWD"]]).toEqual([1, undefined]);
    expect(empty.err).toContain("XAPI keeps no password of these BMCs");
  });

  test("a device that the list has stays, and is told; --force takes XAPI's", async () => {
    const own = `# rack 1\n${HOST}:192.0.2.77:root\n`;
    const lists = { [HOST]: { IPMI: own }, [H2]: { IPMI: own }, [H3]: { IPMI: own } };
    const { code, err, world } = await run(["--yes"], { lists });
    expect([code, listsOf(world)[1]]).toEqual([0, `${own}${H2}:[2001:db8::12]:admin\n${H3}:192.0.2.13\n`]);
    expect(err).toContain(
      "dom0-1 stays at 192.0.2.77:root, as the list has it; XAPI says 192.0.2.11:admin, which --force takes.\n",
    );
    const forced = await run(["--yes", "--force"], { lists });
    expect(listsOf(forced.world)[0]).toStartWith(`# rack 1\n${HOST}:192.0.2.11:admin\n`);
  });

  test("XAPI knows nothing, is silent, or says what no agent could use: nothing is written", async () => {
    const none = await run(["--yes"], { bmcs: { ok: true, value: [bmc(HOST, null)] } });
    expect([none.code, written(none.world.calls)]).toEqual([1, []]);
    expect(none.err).toContain("Cannot fill the list: XAPI knows no BMC.");
    const silent = await run(["--yes"], { bmcs: { ok: false, fault: { kind: "timeout" } } });
    expect([silent.code, written(silent.world.calls)]).toEqual([1, []]);
    const odd = await run(["--yes"], { bmcs: { ok: true, value: [bmc(HOST, "-oProxy=x")] } });
    expect([odd.code, written(odd.world.calls)]).toEqual([1, []]);
    expect(odd.err).toContain(
      "Cannot write IPMI.hosts: line 2: the address is missing, or begins with a dash",
    );
    const shell = await run(["--yes"], {
      bmcs: { ok: true, value: [bmc(HOST, "192.0.2.1", { user: "$(id)" })] },
    });
    expect([shell.code, written(shell.world.calls)]).toEqual([1, []]);
  });

  test("two hosts with one BMC: refused, for one of them would be the wrong machine", async () => {
    const bmcs = { ok: true, value: [bmc(HOST, "192.0.2.11"), bmc(H2, "192.0.2.11")] } as const;
    const { code, err, world } = await run(["--yes"], { bmcs });
    expect([code, written(world.calls)]).toEqual([1, []]);
    expect(err).toContain("the same device as in line");
  });

  const wrong: readonly (readonly [readonly string[], string])[] = [
    [["--yes", "--method", "XVM"], "XVM is no method of BMCs"],
    [["dom0-1", "--yes"], "it takes no host"],
    [[], "give --yes"],
  ];
  test.each(wrong)("%j: wrong usage", async (args, says) => {
    const { code, err, world } = await run(args);
    expect([code, err, written(world.calls)]).toEqual([2, expect.stringContaining(says), []]);
  });
});
