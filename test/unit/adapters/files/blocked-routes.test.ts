import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createBlockedRoutes, readBlockedRoutes } from "../../../../src/adapters/files/blocked-routes.ts";
import { createLocalHost } from "../../../../src/adapters/files/local-host-files.ts";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { HANG, never, PATH, ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("routes");
const OWN = ["10.0.0.2", "fd00::2"];

/** A root with an `ip` of its own, whose calls are written down. */
function host() {
  const name = crypto.randomUUID();
  const at = (path: string) => folder.at(name, path);
  const paths = pathsFrom({ HA_LIZARD_ROOT: folder.at(name), HA_LIZARD_SYSRQ: at("sysrq") });
  folder.write(
    `${name}/etc/xensource-inventory`,
    "INSTALLATION_UUID='0a3b1c2d-0000-4000-8000-00000000000a'\n",
  );
  const environment = { PATH: `${at("bin")}:${PATH}` };
  const clock = createSystemClock();
  const tool = (body: string) => folder.script(`${name}/bin/ip`, `echo "$*" >>'${at("did")}'\n${body}`);
  tool("exit 0");
  const routes = createBlockedRoutes({ paths, clock, environment, ownAddresses: () => OWN });
  const local = createLocalHost({ paths, clock, environment, probeOwnXapi: async () => true });
  return {
    ...routes,
    paths,
    tool,
    did: () => (existsSync(at("did")) ? readFileSync(at("did"), "utf8").split("\n").slice(0, -1) : []),
    note: () =>
      existsSync(paths.blockedRoutes) ? JSON.parse(readFileSync(paths.blockedRoutes, "utf8")) : null,
    write: (text: string) => folder.write(`${name}/run/ha-lizard/blocked-routes.json`, text),
    seen: async () => (await local.observe(never()))?.blockedRoutes,
  };
}

/** What the kernel says, on standard error. */
const says = (text: string) => `echo "RTNETLINK answers: ${text}" >&2; exit 2`;

describe("blockRoute", () => {
  test("it is noted before it is set, for root alone, and seen", async () => {
    const { blockRoute, paths, tool, did, note, seen } = host();
    tool(`[ -e '${paths.blockedRoutes}' ] || echo too-early >>'${paths.root}/did'`);
    await blockRoute("10.0.0.1", never());
    expect([did(), note()]).toEqual([["route add unreachable 10.0.0.1/32"], ["10.0.0.1"]]);
    expect([paths.run, paths.blockedRoutes].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o600,
    ]);
    expect(await seen()).toEqual(["10.0.0.1"]);
  });

  test("of IPv6 as well, beside what is noted", async () => {
    const { blockRoute, did, note } = host();
    await blockRoute("10.0.0.1", never());
    await blockRoute("fd00::1", never());
    expect(did()).toEqual(["route add unreachable 10.0.0.1/32", "-6 route add unreachable fd00::1/128"]);
    expect(note()).toEqual(["10.0.0.1", "fd00::1"]);
  });

  test("again: it is noted once, and one that is there already is a success", async () => {
    const { blockRoute, tool, did, note } = host();
    await blockRoute("10.0.0.1", never());
    tool(says("File exists"));
    await blockRoute("10.0.0.1", never());
    expect([did().length, note()]).toEqual([2, ["10.0.0.1"]]);
  });

  test("what cannot be set is an error, and stays noted", async () => {
    const { blockRoute, tool, seen } = host();
    tool(says("Operation not permitted"));
    await expect(blockRoute("10.0.0.1", never())).rejects.toThrow(
      "Cannot run ip route add unreachable 10.0.0.1/32: RTNETLINK answers: Operation not permitted",
    );
    tool("exit 7");
    await expect(blockRoute("10.0.0.1", never())).rejects.toThrow(": exit status 7");
    expect(await seen()).toEqual(["10.0.0.1"]);
  });

  test("an order that hangs ends with its caller", async () => {
    const { blockRoute, tool } = host();
    tool(HANG);
    const over = new AbortController();
    const blocking = blockRoute("10.0.0.1", over.signal);
    setTimeout(() => over.abort(), 200);
    await expect(blocking).rejects.toThrow("it did not end in time");
  });

  test("what cannot be noted is not done", async () => {
    const { blockRoute, paths, did } = host();
    mkdirSync(`${paths.root}/run`);
    symlinkSync("/", paths.run);
    await expect(blockRoute("10.0.0.1", never())).rejects.toThrow("Cannot note a blocked route: ");
    expect(did()).toEqual([]);
  });

  test("a note that cannot be understood is replaced", async () => {
    const { blockRoute, note, write } = host();
    write("{");
    await blockRoute("10.0.0.1", never());
    expect(note()).toEqual(["10.0.0.1"]);
  });

  test("another process takes it back meanwhile: no route is left without a note", async () => {
    const { blockRoute, paths, tool, did } = host();
    tool(`rm -f '${paths.blockedRoutes}'`);
    await expect(blockRoute("10.0.0.1", never())).rejects.toThrow("it was taken back meanwhile");
    expect(did()).toEqual(["route add unreachable 10.0.0.1/32", "route del unreachable 10.0.0.1/32"]);
  });

  const refused: readonly [string, string][] = [
    ["", "it is no address"],
    ["h1.example.com", "it is no address"],
    ["-6", "it is no address"],
    ["default", "it is no address"],
    ["10.0.0.1/8", "it is no address"],
    ["10.0.0.1 dev eth0", "it is no address"],
    ["10.0.0.1\n", "it is no address"],
    ["010.0.0.1", "it is no address"],
    ["10.0.1", "it is no address"],
    ["fe80::1%eth0", "it is no address"],
    ["0.0.0.0", "it is no address of another machine"],
    ["127.0.0.1", "it is no address of another machine"],
    ["224.0.0.1", "it is no address of another machine"],
    ["255.255.255.255", "it is no address of another machine"],
    ["::", "it is no address of another machine"],
    ["::1", "it is no address of another machine"],
    ["0:0:0:0:0:0:0:1", "it is no address of another machine"],
    ["::ffff:10.0.0.1", "it is no address of another machine"],
    ["fe80::1", "it is no address of another machine"],
    ["ff02::1", "it is no address of another machine"],
    ["10.0.0.2", "it is an address of this host"],
    ["fd00:0:0::0002", "it is an address of this host"],
  ];
  for (const [address, why] of refused)
    test(`refused: ${JSON.stringify(address)}: ${why}`, async () => {
      const { blockRoute, did, note } = host();
      await expect(blockRoute(address, never())).rejects.toThrow(new RegExp(`: ${why}$`));
      expect([did(), note()]).toEqual([[], null]);
    });

  test("the addresses of this host are those of its interfaces", async () => {
    const { paths } = host();
    const real = createBlockedRoutes({ paths, clock: createSystemClock(), environment: {} });
    const { networkInterfaces } = await import("node:os");
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const [first] = own.filter(({ internal, family, address }) => !internal && family === "IPv4" && address);
    if (first === undefined) return;
    await expect(real.blockRoute(first.address, never())).rejects.toThrow("it is an address of this host");
  });
});

describe("unblockRoutes", () => {
  test("all that are noted end, and the note goes", async () => {
    const { blockRoute, unblockRoutes, did, note, seen } = host();
    await blockRoute("10.0.0.1", never());
    await blockRoute("fd00::1", never());
    expect(await unblockRoutes(never())).toBe(true);
    expect(did().slice(2).sort()).toEqual([
      "-6 route del unreachable fd00::1/128",
      "route del unreachable 10.0.0.1/32",
    ]);
    expect([note(), await seen(), await unblockRoutes(never())]).toEqual([null, [], false]);
  });

  test("nothing is noted: nothing is done", async () => {
    const { unblockRoutes, did } = host();
    expect([await unblockRoutes(never()), did()]).toEqual([false, []]);
  });

  test("one that is gone already is a success", async () => {
    const { unblockRoutes, tool, note, write } = host();
    write('["10.0.0.1"]');
    tool(says("No such process"));
    expect([await unblockRoutes(never()), note()]).toEqual([true, null]);
  });

  test("one that cannot be taken back stays noted, and is an error", async () => {
    const { unblockRoutes, tool, note, write } = host();
    write('["10.0.0.1","10.0.0.3"]');
    tool(`case $* in *10.0.0.3*) ${says("Operation not permitted")} ;; esac`);
    await expect(unblockRoutes(never())).rejects.toThrow(
      "Cannot run ip route del unreachable 10.0.0.3/32: RTNETLINK answers: Operation not permitted",
    );
    expect(note()).toEqual(["10.0.0.3"]);
  });

  test("while a route is being blocked it waits for that: none is left without a note", async () => {
    const { blockRoute, unblockRoutes, did, note } = host();
    const both = [blockRoute("10.0.0.1", never()), unblockRoutes(never())] as const;
    expect(await Promise.all(both)).toEqual([undefined, true]);
    expect(did()).toEqual(["route add unreachable 10.0.0.1/32", "route del unreachable 10.0.0.1/32"]);
    expect(note()).toBeNull();
  });

  test("a note that cannot be understood is removed, and told once", async () => {
    const { unblockRoutes, did, write, seen } = host();
    write('["10.0.0.1; reboot"]');
    expect(await seen()).toEqual([]);
    await expect(unblockRoutes(never())).rejects.toThrow("look for routes that are left by: ip route show");
    expect([await unblockRoutes(never()), did()]).toEqual([false, []]);
  });
});

describe("readBlockedRoutes", () => {
  const path = (text: string) => folder.write(crypto.randomUUID(), text);
  const rows: readonly [string, string, readonly string[] | null][] = [
    ["addresses", '["10.0.0.1","fd00::1"]', ["10.0.0.1", "fd00::1"]],
    ["none", "[]", []],
    ["no JSON", "[", null],
    ["empty", "", null],
    ["no list", '{"0":"10.0.0.1"}', null],
    ["something else than text", '["10.0.0.1",1]', null],
    ["a name", '["h1"]', null],
    ["an address of no other machine", '["127.0.0.1"]', null],
    ["far too long", `["10.0.0.1"${" ".repeat(5_000)}]`, null],
  ];
  for (const [what, text, expected] of rows)
    test(`${what}: ${expected === null ? "not understood" : "understood"}`, async () =>
      expect(await readBlockedRoutes(path(text))).toEqual(expected === null ? null : [...expected]));

  test("no note: none; a link, a folder, or what others may write: not understood", async () => {
    expect(await readBlockedRoutes(folder.at("nothing-here"))).toEqual([]);
    const good = path('["10.0.0.1"]');
    symlinkSync(good, folder.at("link"));
    expect(await readBlockedRoutes(folder.at("link"))).toBeNull();
    mkdirSync(folder.at("a-folder"));
    expect(await readBlockedRoutes(folder.at("a-folder"))).toBeNull();
    rmSync(good);
    expect(await readBlockedRoutes(folder.write("open", '["10.0.0.1"]', 0o666))).toBeNull();
  });
});
