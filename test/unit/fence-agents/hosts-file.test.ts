import { describe, expect, test } from "bun:test";
import { hostUuid } from "../../../src/core/model/ids.ts";
import { type HostsSyntax, parseHostsFile } from "../../../src/fence-agents/hosts-file.ts";

const A = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
const B = "7b1d9e20-44aa-4c55-8d66-99aabbccddee";
const VM = "9c0f1a2b-3c4d-4e5f-8a6b-7c8d9e0f1a2b";
const SHAPE = "<host uuid>:<address>[:<port>][:<user>]";
const BMC: HostsSyntax = { usualPort: 623, systems: false, shape: SHAPE };
const SERVICE: HostsSyntax = { ...BMC, usualPort: 443, systems: true };
const VMS: HostsSyntax = { ...BMC, usualPort: "a VM has no port, and it is PORT in XVM.conf" };
const parse = (text: string, syntax = BMC) => parseHostsFile(text, syntax);
const devices = (text: string) =>
  parse(text).entries.map(({ host, device, user }) => [host.slice(0, 4), device, user]);

describe("parseHostsFile: a line that is right", () => {
  const rows: readonly (readonly [string, string, string, string | null])[] = [
    ["IPv4", `${A}:192.0.2.7`, "192.0.2.7", null],
    ["a name", `${A}:ilo-7.example.org`, "ilo-7.example.org", null],
    ["IPv6 in brackets", `${A}:[2001:db8::7]`, "2001:db8::7", null],
    ["a user", `${A}:192.0.2.7:operator`, "192.0.2.7", "operator"],
    ["IPv6 and a user", `${A}:[2001:db8::7]:a.b@example\\c_d-e`, "2001:db8::7", "a.b@example\\c_d-e"],
    ["a VM", `${A}:${VM}`, VM, null],
    ["capital letters", `${A.toUpperCase()}:192.0.2.7`, "192.0.2.7", null],
    ["space around", `\t ${A}:192.0.2.7 \t`, "192.0.2.7", null],
    ["a comment after it", `${A}:192.0.2.7 # rack 3`, "192.0.2.7", null],
    ["the line ends of Windows", `${A}:192.0.2.7\r\n`, "192.0.2.7", null],
    ["the byte order mark of Windows", `\uFEFF${A}:192.0.2.7`, "192.0.2.7", null],
  ];
  test.each(rows)("%s", (_, text, device, user) => {
    expect(parse(text)).toMatchObject({ problems: [] });
    expect(devices(text)).toEqual([["2f4a", device, user]]);
  });

  test("several, with comments and empty lines; each knows its line", () => {
    const text = `# iLOs\n\n${A}:192.0.2.7\n  # ${B}:192.0.2.9\n${B}:192.0.2.8\n`;
    expect(parse(text).entries.map(({ line }) => line)).toEqual([3, 5]);
    expect(parse(text).problems).toEqual([]);
  });

  test("an empty file has nothing, and nothing wrong", () => {
    expect(parse("")).toEqual({ entries: [], problems: [] });
  });
});

describe("parseHostsFile: a line that is none", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["a space", `${A} : 192.0.2.7`, "there is a space"],
    ["an equals sign", `${A}=192.0.2.7`, `it is not ${SHAPE}`],
    ["IPv6 without brackets", `${A}:2001:db8::7`, "an IPv6 address needs brackets"],
    ["no uuid", `host-1:192.0.2.7`, "host-1 is no uuid"],
    ["a uuid that is cut off", `${A.slice(0, -1)}:192.0.2.7`, "is no uuid"],
    ["no host", ":192.0.2.7", "the host's uuid is missing"],
    ["no address", `${A}:`, "the address is missing"],
    ["no address, but a user", `${A}::root`, "the address is missing"],
    ["an option in place of an address", `${A}:-oProxyCommand=x`, "begins with a dash"],
    ["an option in brackets", `${A}:[-v]`, "begins with a dash"],
    ["a user of a shell", `${A}:192.0.2.7:$(id)`, "strange character"],
    ["an empty user", `${A}:192.0.2.7:`, "strange character"],
    ["an option in place of a user", `${A}:192.0.2.7:-v`, "begins with a dash"],
    ["a port after the user", `${A}:192.0.2.7:root:22`, `it is not ${SHAPE}`],
    ["two ports", `${A}:192.0.2.7:623:624:root`, "it has two ports"],
    ["a port that is none", `${A}:192.0.2.7:0`, "0 is no port (1 to 65535)"],
    ["a port that is too high", `${A}:[2001:db8::7]:65536`, "65536 is no port (1 to 65535)"],
    [
      "a user of digits, who is taken for a port",
      `${A}:192.0.2.7:100000`,
      "a user whose name is a number stands after the port: 623:100000",
    ],
    ["a URL", `${A}:https://192.0.2.7/`, `it has a URL; a line is ${SHAPE}`],
    ["a system, where there are none", `${A}:192.0.2.7/1`, `192.0.2.7/1 is no address; a line is ${SHAPE}`],
    ["an address of a shell", `${A}:$(reboot)`, "$(reboot) is no address"],
  ];
  test.each(rows)("%s: it is named, and the others count", (_, line, problem) => {
    const file = parse(`${B}:192.0.2.8\n${line}\n`);
    expect(file.entries.map(({ device }) => device)).toEqual(["192.0.2.8"]);
    expect(file.problems).toMatchObject([{ line: 2, why: expect.stringContaining(problem) }]);
  });

  test("a VM is named by its uuid", () => {
    const { entries, problems } = parse(`${A}:${VM}\n${B}:some-vm\n`, { ...VMS, isVm: true });
    expect(entries.map(({ device }) => device)).toEqual([VM]);
    expect(problems).toEqual([{ line: 2, host: hostUuid(B), why: "some-vm is no uuid of a VM" }]);
  });

  test("the same host twice: neither, because either could be the wrong one", () => {
    const file = parse(`${A}:192.0.2.7\n${B}:192.0.2.8\n${A.toUpperCase()}:192.0.2.9\n`);
    expect(file.entries.map(({ device }) => device)).toEqual(["192.0.2.8"]);
    expect(file.problems).toMatchObject([
      { line: 1, host: A, why: "the same host as in line 3; neither is used" },
      { line: 3, host: A, why: "the same host as in line 1; neither is used" },
    ]);
  });

  const twins: readonly (readonly [string, HostsSyntax, string, string])[] = [
    ["in whatever letters", BMC, "ilo-7", "ILO-7:admin"],
    ["with the dot of a full name", BMC, "ilo-7.example.org", "ilo-7.example.org."],
    ["IPv6 in two spellings", BMC, "[2001:db8::7]", "[2001:DB8:0:0:0:0:0:7]"],
    ["with the usual port, and without", BMC, "192.0.2.7", "192.0.2.7:623"],
    ["two services at one port, of which one names no system", SERVICE, "192.0.2.7:8443", "192.0.2.7:8443/1"],
    ["one system", SERVICE, "192.0.2.7/Node1", "192.0.2.7:443/node1"],
    ["one VM", VMS, VM, VM.toUpperCase()],
  ];
  test.each(twins)("the same device twice, %s: neither", (_, syntax, one, other) => {
    expect(parse(`${A}:${one}\n${B}:${other}\n`, syntax)).toMatchObject({
      entries: [],
      problems: [
        { line: 1, host: A, why: "the same device as in line 2; neither is used" },
        { line: 2, host: B, why: "the same device as in line 1; neither is used" },
      ],
    });
  });
});

describe("parseHostsFile: ports", () => {
  const rows: readonly (readonly [string, HostsSyntax, string, object])[] = [
    ["the usual one", BMC, "192.0.2.7", { device: "192.0.2.7", port: 623, system: null, user: null }],
    ["a field of digits", BMC, "192.0.2.7:8443", { device: "192.0.2.7", port: 8_443, user: null }],
    ["IPv6", BMC, "[2001:db8::7]:8443", { device: "2001:db8::7", port: 8_443, user: null }],
    [
      "a name",
      BMC,
      "bmc-7.example.org:1623:admin",
      { device: "bmc-7.example.org", port: 1_623, user: "admin" },
    ],
    ["a user of digits after it", BMC, "192.0.2.7:623:1000", { port: 623, user: "1000" }],
    ["IPv6 and a user", BMC, "[2001:db8::7]:1:root", { device: "2001:db8::7", port: 1, user: "root" }],
    ["a system after it", SERVICE, "192.0.2.7:8443/Node1", { port: 8_443, system: "Node1", user: null }],
    [
      "a system before it",
      SERVICE,
      "[::1]/Node1:8443:bob",
      { device: "::1", port: 8_443, system: "Node1", user: "bob" },
    ],
    ["a system without one", SERVICE, `192.0.2.7/${VM}:bob`, { port: 443, system: VM, user: "bob" }],
  ];
  test.each(rows)("%s", (_, syntax, device, wanted) => {
    const file = parse(`${A}:${device}\n`, syntax);
    expect(file.problems).toEqual([]);
    expect(file.entries).toMatchObject([wanted]);
  });

  test("two on both sides of the system, a system that is missing", () => {
    const why = (device: string) => parse(`${A}:${device}`, SERVICE).problems[0]?.why;
    expect(why("192.0.2.7:1/Node1:2")).toBe("it has two ports");
    expect(why("192.0.2.7:1/")).toBe("the system is missing after 192.0.2.7/");
  });

  test("a VM has none: refused, with the place where one belongs", () => {
    const file = parse(`${A}:${VM}:22\n${B}:${A}:root\n`, VMS);
    expect(file.entries).toMatchObject([{ host: B, device: A, user: "root" }]);
    expect(file.problems).toMatchObject([
      {
        line: 1,
        host: A,
        why: `22 stands where a port would: a VM has no port, and it is PORT in XVM.conf; a line is ${SHAPE}`,
      },
    ]);
  });

  test("several devices behind one address, and several systems behind one port", () => {
    expect(parse(`${A}:192.0.2.7:1623\n${B}:192.0.2.7:2623\n`).entries).toHaveLength(2);
    expect(parse(`${A}:192.0.2.7/1\n${B}:192.0.2.7/2\n`, SERVICE).entries).toHaveLength(2);
    expect(parse(`${A}:192.0.2.7/1\n${B}:192.0.2.7:8443/1\n`, SERVICE).entries).toHaveLength(2);
  });
});
