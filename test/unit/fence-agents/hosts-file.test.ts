import { describe, expect, test } from "bun:test";
import { parseHostsFile } from "../../../src/fence-agents/hosts-file.ts";

const A = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
const B = "7b1d9e20-44aa-4c55-8d66-99aabbccddee";
const VM = "9c0f1a2b-3c4d-4e5f-8a6b-7c8d9e0f1a2b";
const devices = (text: string) =>
  parseHostsFile(text).entries.map(({ host, device, user }) => [host.slice(0, 4), device, user]);

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
  ];
  test.each(rows)("%s", (_, text, device, user) => {
    expect(parseHostsFile(text)).toMatchObject({ problems: [] });
    expect(devices(text)).toEqual([["2f4a", device, user]]);
  });

  test("several, with comments and empty lines; each knows its line", () => {
    const text = `# iLOs\n\n${A}:192.0.2.7\n  # ${B}:192.0.2.9\n${B}:192.0.2.8\n`;
    expect(parseHostsFile(text).entries.map(({ line }) => line)).toEqual([3, 5]);
    expect(parseHostsFile(text).problems).toEqual([]);
  });

  test("an empty file has nothing, and nothing wrong", () => {
    expect(parseHostsFile("")).toEqual({ entries: [], problems: [] });
  });
});

describe("parseHostsFile: a line that is none", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["a space", `${A} : 192.0.2.7`, "there is a space"],
    ["an equals sign", `${A}=192.0.2.7`, "it is not <host uuid>:<address>[:<user>]"],
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
    ["a fourth part", `${A}:192.0.2.7:root:22`, "it is not <host uuid>:<address>[:<user>]"],
  ];
  test.each(rows)("%s: it is named, and the others count", (_, line, problem) => {
    const file = parseHostsFile(`${B}:192.0.2.8\n${line}\n`);
    expect(file.entries.map(({ device }) => device)).toEqual(["192.0.2.8"]);
    expect(file.problems).toEqual([expect.stringContaining(problem)]);
    expect(file.problems[0]).toStartWith("line 2: ");
  });

  test("the same host twice: neither, because either could be the wrong one", () => {
    const file = parseHostsFile(`${A}:192.0.2.7\n${B}:192.0.2.8\n${A.toUpperCase()}:192.0.2.9\n`);
    expect(file.entries.map(({ device }) => device)).toEqual(["192.0.2.8"]);
    expect(file.problems).toEqual(["line 3: the same host as in line 1; neither is used"]);
  });

  test("the same device twice, in whatever letters: neither", () => {
    const file = parseHostsFile(`${A}:ilo-7\n${B}:ILO-7:admin\n`);
    expect(file).toMatchObject({
      entries: [],
      problems: ["line 2: the same device as in line 1; neither is used"],
    });
  });
});
