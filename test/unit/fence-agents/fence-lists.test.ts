import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createFenceLists } from "../../../src/fence-agents/fence-lists.ts";
import { useScratch } from "../adapters/scratch.ts";

const scratch = useScratch("fence-lists");
const A = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
const B = "7b1d9e20-44aa-4c55-8d66-99aabbccddee";
const OLD = `${A}:192.0.2.7\n`;
const NEW = `${A}:192.0.2.7\n${B}:192.0.2.8:operator # rack 3\n`;

let count = 0;
/** A folder of lists that nobody has used. */
function host(agents?: string) {
  const standard = scratch.path(`host${++count}`);
  const path = `${standard}/IPMI/IPMI.hosts`;
  mkdirSync(`${standard}/IPMI`, { recursive: true, mode: 0o755 });
  const lists = createFenceLists({ standard, agents: async () => agents ?? standard });
  const put = (text: string, mode = 0o600) => scratch.file(`host${count}/IPMI/IPMI.hosts`, text, mode);
  return { standard, path, lists, put };
}
const write = (text: string, seen: string | null, force = false) => ({ method: "IPMI", text, seen, force });

describe("read", () => {
  test("a list, none, and one that no agent would use", async () => {
    const { lists, path, put } = host();
    expect(await lists.read("IPMI")).toEqual({ ok: true, path, text: null });
    put(OLD);
    expect(await lists.read("IPMI")).toEqual({ ok: true, path, text: OLD });
    chmodSync(path, 0o666);
    expect(await lists.read("IPMI")).toEqual({
      ok: false,
      why: `Cannot use ${path}: others may write it; run: chmod go-w ${path}`,
    });
    put("x".repeat(30_000));
    expect(await lists.read("IPMI")).toMatchObject({ ok: false, why: expect.stringContaining("longer") });
  });

  test("an agent of somebody's own, or no name at all: there is no list that is known", async () => {
    for (const method of ["MYPDU", "../IPMI", "toString", ""])
      expect(await host().lists.read(method)).toMatchObject({ ok: false });
  });

  test("where the agent reads it: below FENCE_FILE_LOC when it is there", async () => {
    const elsewhere = host();
    elsewhere.put(OLD);
    expect(await host(elsewhere.standard).lists.read("IPMI")).toMatchObject({ path: elsewhere.path });
    const own = host("/nowhere");
    expect(await own.lists.read("IPMI")).toMatchObject({ path: own.path, text: null });
  });
});

describe("write", () => {
  test("replaces it, for root alone, keeps what was there, and leaves nothing else", async () => {
    const { lists, path, put, standard } = host();
    put(OLD, 0o644);
    expect(await lists.write(write(NEW, OLD))).toBeNull();
    expect(readFileSync(path, "utf8")).toBe(NEW);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await lists.readBefore("IPMI")).toBe(OLD);
    expect(readdirSync(`${standard}/IPMI`).sort()).toEqual(["IPMI.hosts", "IPMI.hosts.bak"]);
    // The same once more is no change: what was there before is still what was there before.
    expect(await lists.write(write(NEW, NEW))).toBeNull();
    expect(await lists.readBefore("IPMI")).toBe(OLD);
  });

  test("the first one, also where the method has no folder yet", async () => {
    const { lists } = host();
    expect(await lists.write({ ...write(OLD, null), method: "REDFISH" })).toBeNull();
    expect(await lists.read("REDFISH")).toMatchObject({ text: OLD });
    expect(await lists.readBefore("REDFISH")).toBeNull();
  });

  const refused: readonly (readonly [string, string, string | null, string, boolean])[] = [
    ["it has changed since", NEW, `${A}:192.0.2.9\n`, "it was changed since it was read", true],
    ["there was none then", NEW, null, "it was changed since it was read", true],
    ["a line is none", `${NEW}nonsense\n`, OLD, "line 3: it is not <host uuid>", true],
    ["a host stands there twice", `${NEW}${A}:192.0.2.9\n`, OLD, "line 1: the same host as in line 3", true],
    ["it is empty", "# nothing\n", OLD, "the new list names no host", true],
    ["it is far too long", `${NEW}#${"x".repeat(20_000)}\n`, OLD, "longer than 20000 bytes", false],
    ["it is no text", `${NEW}#\0\n`, OLD, "the new list is no text", false],
  ];
  test.each(refused)("%s: refused, and the old one stays", async (_, text, seen, why, isForced) => {
    const { lists, path, put, standard } = host();
    put(OLD);
    expect(await lists.write(write(text, seen))).toContain(why);
    expect(readFileSync(path, "utf8")).toBe(OLD);
    expect(readdirSync(`${standard}/IPMI`)).toEqual(["IPMI.hosts"]);
    expect((await lists.write(write(text, seen, true))) === null).toBe(isForced);
    expect(readFileSync(path, "utf8")).toBe(isForced ? text : OLD);
  });

  test("a file or a folder that others may write is nobody's to replace, also by force", async () => {
    const { lists, path, put, standard } = host();
    put(OLD, 0o666);
    expect(await lists.write(write(NEW, OLD, true))).toContain(`chmod go-w ${path}`);
    const other = host();
    chmodSync(`${other.standard}/IPMI`, 0o777);
    expect(await other.lists.write(write(NEW, null, true))).toContain("others may write it");
    expect(existsSync(other.path)).toBe(false);
    expect(readFileSync(path, "utf8")).toBe(OLD);
    expect(readdirSync(`${standard}/IPMI`)).toEqual(["IPMI.hosts"]);
  });

  test("a method that has no list", async () => {
    expect(await host().lists.write({ ...write(NEW, null), method: "toString" })).toContain("no list");
  });
});

test("examine: devices in the words of their lines, and what no agent could use", () => {
  const { lists } = host();
  expect(lists.examine("IPMI", `# ours\n${NEW}7:1\n`)).toEqual({
    devices: [
      { host: A, device: "192.0.2.7" },
      { host: B, device: "192.0.2.8:operator" },
    ] as never,
    problems: ["line 4: 7 is no uuid"],
  });
});

test("render: what the parser reads back is the same device and the same user", () => {
  const { lists } = host();
  const rows: readonly (readonly [string, string, string | null, string])[] = [
    ["IPMI", "192.0.2.7", null, "192.0.2.7"],
    ["IPMI", "2001:db8::7", "root", "[2001:db8::7]:root"],
    ["IPMI", "bmc-7", "100", "bmc-7:623:100"],
    ["REDFISH", "192.0.2.7", "7", "192.0.2.7:443:7"],
  ];
  for (const [method, address, user, line] of rows) {
    expect(lists.render(method, { address, user })).toBe(line);
    expect(lists.examine(method, `${A}:${line}`).problems).toEqual([]);
  }
});
