import { describe, expect, test } from "bun:test";
import { editList } from "../../../src/cli/fence-hosts/edit-list.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";
import { hosts, keys } from "./sound-pool.ts";

const [, second, third] = hosts(3);
const H2 = second?.uuid ?? HOST;
const H3 = third?.uuid ?? HOST;
const ACROSS = { ok: false, fault: { kind: "unreachable", detail: "no way" } } as const;
const LIST = `${HOST}:192.0.2.11\n${H2}:192.0.2.12\n${H3}:192.0.2.13\n`;
const NEW = LIST.replace("192.0.2.12", "192.0.2.99");
const everywhere = (text: string) => ({ [HOST]: { IPMI: text }, [H2]: { IPMI: text }, [H3]: { IPMI: text } });

/** A pool of three, dom0-1 (this host, the master), dom0-2 and dom0-3. */
const run = (args: readonly string[], world: Partial<FakeWorld> = {}) =>
  haCfg(["fence-hosts", ...args], {
    hosts: hosts(3),
    otherConfig: keys(),
    lists: everywhere(LIST),
    ...world,
  });
const writes = (calls: readonly string[]) => calls.filter((call) => call.startsWith("write "));
const listsOf = ({ lists }: FakeWorld) => [HOST, H2, H3].map((host) => lists[host]?.["IPMI"] ?? null);

describe("ha-cfg fence-hosts", () => {
  test("which device is whose, and that all hosts have the same", async () => {
    const { code, out, err } = await run([]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        "/etc/ha-lizard/fence/IPMI/IPMI.hosts",
        "dom0-1  192.0.2.11  this host's list",
        "dom0-2  192.0.2.12  the same list",
        "dom0-3  192.0.2.13  the same list\n",
      ].join("\n"),
    );
  });

  test("what is wrong: another list, none, one that is not used, a host that is not reached, lines that are none", async () => {
    const { code, out, err } = await run([], {
      lists: {
        [HOST]: { IPMI: `${LIST}7\n11111119-0000-4000-8000-000000000001:192.0.2.9\n` },
        [H2]: { IPMI: LIST },
      },
      listFaults: (host) => (host === H3 ? "Cannot use it: others may write it" : null),
    });
    expect(code).toBe(1);
    expect(out).toContain("dom0-2  192.0.2.12  another list there\n");
    expect(out).toContain("dom0-3  192.0.2.13  its list is not used: Cannot use it: others may write it\n");
    expect(err).toContain("Warning: line 4: it is not <host uuid>:<address of its BMC>[:<port>][:<user>]");
    expect(err).toContain(
      "Warning: 11111119-0000-4000-8000-000000000001 at 192.0.2.9 is no host of this pool.",
    );
    const none = await run([], { lists: {}, otherHost: (host) => (host === H3 ? ACROSS : null) });
    expect([none.code, none.out]).toEqual([
      1,
      expect.stringContaining("dom0-2  no device  no list there\ndom0-3  no device  not reached: "),
    ]);
    expect(none.err).toContain("ha-cfg fence-hosts copy\n");
  });

  test("--json", async () => {
    const { out } = await run(["--json"], {
      hosts: [hostView(1, { uuid: HOST }), hostView(2, { live: false })],
    });
    expect(JSON.parse(out)).toEqual({
      method: "IPMI",
      path: "/etc/ha-lizard/fence/IPMI/IPMI.hosts",
      hosts: [
        { host: "dom0-1", uuid: HOST, device: "192.0.2.11", list: "own", why: null },
        { host: "dom0-2", uuid: H2, device: "192.0.2.12", list: "not-reached", why: "it is not up, by XAPI" },
      ],
      problems: [`${H3} at 192.0.2.13 is no host of this pool`],
    });
  });

  test("XAPI is silent: the list of this host", async () => {
    const { code, out } = await run([], { readFault: { kind: "timeout" } });
    expect(code).toBe(124);
    expect(out).toContain(`${H2}  192.0.2.12  not reached: XAPI is silent\n`);
  });

  test("the method: that of FENCE_METHOD which has a list, else IPMI, else the one that is typed", async () => {
    const method = async (FENCE_METHOD: string, ...args: readonly string[]) =>
      JSON.parse((await run([...args, "--json"], { otherConfig: keys({ FENCE_METHOD }) })).out).method;
    expect(await method("MINE,ILO,WATCHDOG")).toBe("ILO");
    expect(await method("POOL")).toBe("IPMI");
    expect(await method("IPMI", "--method", "redfish")).toBe("REDFISH");
    const none = await run(["--method", "POOL"]);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("there are IPMI, REDFISH, ILO, XVM")]);
  });
});

describe("ha-cfg fence-hosts set", () => {
  test("one line, on every host of the pool, in the place of what was read there", async () => {
    const { code, out, err, world } = await run(["set", "dom0-2", "192.0.2.99", "--yes"]);
    expect([code, err]).toEqual([0, ""]);
    expect(listsOf(world)).toEqual([NEW, NEW, NEW]);
    expect(writes(world.calls)).toEqual([
      "write IPMI list here",
      `write IPMI list on ${H2}`,
      `write IPMI list on ${H3}`,
    ]);
    expect(out).toEndWith("Success: IPMI.hosts written on dom0-1, dom0-2, dom0-3\n");
    expect(world.logged).toEqual([
      "info ha-cfg: IPMI.hosts on dom0-1, dom0-2, dom0-3: dom0-2 at 192.0.2.99, by alice as root without a terminal.",
    ]);
  });

  test("the first line of all: hosts without a list get one", async () => {
    const { code, world } = await run(["set", "dom0-2", "[2001:db8::7]:root", "--yes"], { lists: {} });
    const text = `# <host uuid>:<address of its BMC>[:<port>][:<user>]\n${H2}:[2001:db8::7]:root\n`;
    expect([code, ...listsOf(world)]).toEqual([0, text, text, text]);
  });

  test("it asks, and without a terminal nobody is asked", async () => {
    const no = await run(["set", "dom0-2", "192.0.2.99"], { terminal: true, lines: ["no"] });
    expect([no.code, listsOf(no.world)]).toEqual([1, [LIST, LIST, LIST]]);
    const yes = await run(["set", "dom0-2", "192.0.2.99"], { terminal: true, lines: ["yes"] });
    expect([yes.code, listsOf(yes.world)]).toEqual([0, [NEW, NEW, NEW]]);
    const nobody = await run(["set", "dom0-2", "192.0.2.99"]);
    expect([nobody.code, nobody.world.calls, nobody.err]).toEqual([
      2,
      [],
      expect.stringContaining("give --yes"),
    ]);
  });

  test("what somebody has changed on another host is not written over, and no host is touched; --force does", async () => {
    const edited = { ...everywhere(LIST), [H3]: { IPMI: `${LIST}# by hand\n` } };
    const { code, err, world } = await run(["set", "dom0-2", "192.0.2.99", "--yes"], { lists: edited });
    expect([code, writes(world.calls)]).toEqual([1, []]);
    expect(err).toContain("Cannot write IPMI.hosts: dom0-3: its list is another one than this host's");
    const forced = await run(["set", "dom0-2", "192.0.2.99", "--yes", "--force"], { lists: edited });
    expect([forced.code, listsOf(forced.world)]).toEqual([0, [NEW, NEW, NEW]]);
    expect(writes(forced.world.calls)).toContain(`write IPMI list on ${H3} by force`);
  });

  test("a list that is not used on another host is not written over, also by force", async () => {
    const listFaults = (host: string) => (host === H3 ? "Cannot use it: chmod go-w it" : null);
    for (const force of [[], ["--force"]]) {
      const { code, err, world } = await run(["set", "dom0-2", "192.0.2.99", "--yes", ...force], {
        listFaults,
      });
      expect([code, writes(world.calls), err]).toEqual([
        1,
        [],
        expect.stringContaining("dom0-3: Cannot use it: chmod go-w it.\n"),
      ]);
    }
  });

  test("a host that is not reached is named with what is to be run later, and then it needs no force", async () => {
    const otherHost = (host: string) => (host === H3 ? ACROSS : null);
    const { code, out, err, world } = await run(["set", "dom0-2", "192.0.2.99", "--yes"], { otherHost });
    expect([code, listsOf(world)]).toEqual([1, [NEW, NEW, LIST]]);
    expect(out).toEndWith("Success: IPMI.hosts written on dom0-1, dom0-2\n");
    expect(err).toContain("Warning: dom0-3 was not reached: ");
    expect(err).toContain("until this is run: ha-cfg fence-hosts copy dom0-3 --method IPMI\n");
    const later = await run(["copy", "dom0-3", "--method", "IPMI", "--yes"], {
      lists: world.lists,
      listsBefore: { IPMI: LIST },
    });
    expect([later.code, later.err, listsOf(later.world)]).toEqual([0, "", [NEW, NEW, NEW]]);
    expect(writes(later.world.calls)).toEqual(["write IPMI list here", `write IPMI list on ${H3}`]);
  });

  test("changed there between the look and the write: that host says no, and is named", async () => {
    const lists: Record<string, Record<string, string>> = everywhere(LIST);
    let asked = 0;
    const otherHost = (host: string) => {
      // Somebody edits the list of dom0-3 after it was read.
      if (host === H3 && ++asked === 2)
        lists[H3] = Object.assign(lists[H3] ?? {}, { IPMI: `${LIST}# by hand\n` });
      return null;
    };
    const { code, err, world } = await run(["set", "dom0-2", "192.0.2.99", "--yes"], { lists, otherHost });
    expect([code, listsOf(world)]).toEqual([1, [NEW, NEW, `${LIST}# by hand\n`]]);
    expect(err).toContain("Warning: dom0-3 has not written it: ");
    expect(err).toContain("it was changed since it was read");
  });

  test("this host cannot write it: no other one is asked", async () => {
    const { code, err, world } = await run(["set", "dom0-2", "192.0.2.99", "--yes"], {
      listFaults: (host) => (host === HOST ? "Cannot use it: chmod go-w it" : null),
    });
    expect([code, writes(world.calls), err]).toEqual([
      1,
      [],
      expect.stringContaining("this host: Cannot use it: chmod go-w it.\n"),
    ]);
  });

  const wrong: readonly (readonly [readonly string[], string])[] = [
    [["set", "dom0-9", "192.0.2.1", "--yes"], "there is no such host; there are dom0-1, dom0-2, dom0-3"],
    [["set", "dom0-2", "2001:db8::7", "--yes"], "an IPv6 address needs brackets"],
    [["set", "dom0-2", "-oProxy", "--yes"], "there is no option"],
    [["set", "dom0-2", "$(reboot)", "--yes"], "$(reboot) is no address"],
    [["set", "dom0-2", "--yes"], "it needs a host and its device"],
    [["set", "--yes"], "it needs a host and its device"],
    [["remove", "--yes"], "it needs a host"],
    [["remove", "dom0-2", "192.0.2.1", "--yes"], "it takes no device"],
    [["sett"], "did you mean set?"],
    [["set", "dom0-2", "192.0.2.1", "--json"], "--json goes with no verb"],
    [["--force"], "--force goes with"],
  ];
  test.each(wrong)("%j: wrong usage, nothing is written", async (args, says) => {
    const { code, err, world } = await run(args);
    expect([code, err, writes(world.calls)]).toEqual([2, expect.stringContaining(says), []]);
  });

  test("a line of the list that no agent can use is in the way, and --force leaves it as it is", async () => {
    const bad = `${LIST}7\n`;
    const { code, err, world } = await run(["set", "dom0-2", "192.0.2.99", "--yes"], {
      lists: everywhere(bad),
    });
    expect([code, writes(world.calls), err]).toEqual([1, [], expect.stringContaining("line 4: it is not")]);
    const forced = await run(["set", "dom0-2", "192.0.2.99", "--yes", "--force"], { lists: everywhere(bad) });
    expect([forced.code, listsOf(forced.world)[2]]).toEqual([0, `${NEW}7\n`]);
  });

  test("the device of another host already: refused", async () => {
    const { code, err } = await run(["set", "dom0-2", "192.0.2.11", "--yes"]);
    expect([code, err]).toEqual([1, expect.stringContaining("the same device as in line 2")]);
  });
});

describe("ha-cfg fence-hosts remove", () => {
  test("the line of a host is gone, everywhere; the last one only by force", async () => {
    const { code, out, world } = await run(["remove", "dom0-2", "--yes"]);
    expect([code, listsOf(world)[1]]).toEqual([0, LIST.replace(`${H2}:192.0.2.12\n`, "")]);
    expect(out).toContain("dom0-2 has no device any more, and cannot be fenced by IPMI");
    const one = { lists: everywhere(`${H2}:192.0.2.12\n`) };
    const last = await run(["remove", "dom0-2", "--yes"], one);
    expect([last.code, last.err]).toEqual([1, expect.stringContaining("it would name no host")]);
    const forced = await run(["remove", "dom0-2", "--yes", "--force"], one);
    expect([forced.code, listsOf(forced.world)[1]]).toEqual([0, ""]);
    const none = await run(["remove", "dom0-1", "--yes"], one);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining("dom0-1 is not in ")]);
  });
});

describe("ha-cfg fence-hosts copy", () => {
  test("to hosts that have none; one that has another list refuses it", async () => {
    const { code, world } = await run(["copy", "--yes"], { lists: { [HOST]: { IPMI: LIST } } });
    expect([code, listsOf(world)]).toEqual([0, [LIST, LIST, LIST]]);
    const other = await run(["copy", "--yes"], { lists: { ...everywhere(LIST), [H2]: { IPMI: NEW } } });
    expect([other.code, listsOf(other.world)[1]]).toEqual([1, NEW]);
    const without = await run(["copy", "--yes"], { lists: { [H2]: { IPMI: LIST } } });
    expect([without.code, without.err]).toEqual([1, expect.stringContaining("this host has none")]);
  });
});

describe("editList", () => {
  const A = hostUuid("2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f");
  const rows: readonly (readonly [string, string | null, string | null, string])[] = [
    ["a new file", null, "x", `# shape\n${A}:x\n`],
    ["one line more", "# ours\nother:1\n", "x", `# ours\nother:1\n${A}:x\n`],
    ["no line end at the end", "other:1", "x", `other:1\n${A}:x\n`],
    ["in its place, with its comment", `${A}:old # rack 3\nother:1\n`, "x", `${A}:x # rack 3\nother:1\n`],
    ["in capitals, with space before", ` ${A.toUpperCase()}:old\n`, "x", `${A}:x\n`],
    ["twice: one is left", `${A}:old\nother:1\n${A}:older\n`, "x", `${A}:x\nother:1\n`],
    ["a line that is switched off stays so", `#${A}:old\n`, "x", `#${A}:old\n${A}:x\n`],
    ["the line ends of Windows", `a:1\r\n${A}:old\r\n`, "x", `a:1\r\n${A}:x\r\n`],
    ["taken out", `a:1\n${A}:old # rack\n`, null, "a:1\n"],
    ["taken out of nothing", null, null, ""],
  ];
  test.each(rows)("%s", (_, before, device, after) =>
    expect(editList(before, A, device, "shape")).toBe(after),
  );
});
