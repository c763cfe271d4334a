import { describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, symlinkSync } from "node:fs";
import { findEntry, readMethodFile } from "../../../src/fence-agents/method-files.ts";
import { type AgentRequest, readRequest } from "../../../src/fence-agents/request.ts";
import { useScratch } from "../adapters/scratch.ts";

const scratch = useScratch("method-files");
const WORDS = "it should be there";
const SYNTAX = { usualPort: 22, systems: false, shape: "<host uuid>:<address>" };
const HOST = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";

describe("readMethodFile", () => {
  test("reads a file that only its owner writes", () => {
    expect(readMethodFile(scratch.file("good", "text\n", 0o644), WORDS)).toEqual({
      ok: true,
      text: "text\n",
    });
    expect(readMethodFile(scratch.file("better", "text\n", 0o600), WORDS).ok).toBe(true);
  });

  test.each([0o664, 0o646, 0o666])("does not use a file of mode %o: it decides who loses power", (mode) => {
    const path = scratch.file("open", "text\n", mode);
    expect(readMethodFile(path, WORDS)).toEqual({
      ok: false,
      why: `Cannot use ${path}: others may write it; run: chmod go-w ${path}`,
    });
  });

  test.if(process.getuid?.() === 0)("does not use a file of another user", () => {
    const path = scratch.file("foreign", "text\n");
    chownSync(path, 12_345, 0);
    expect(readMethodFile(path, WORDS)).toMatchObject({
      ok: false,
      why: expect.stringContaining("chown root"),
    });
  });

  test.each([0o775, 0o757, 0o777])(
    "does not use a file in a folder of mode %o: it can be replaced",
    (mode) => {
      const path = scratch.file(`open-${mode}/below/file`, "text\n", 0o600);
      const folder = scratch.path(`open-${mode}`);
      chmodSync(folder, mode);
      const why = `Cannot use ${folder}: others may write it; run: chmod go-w ${folder}`;
      expect(readMethodFile(path, WORDS)).toEqual({ ok: false, why });
      expect(readMethodFile(path, null)).toEqual({ ok: false, why });
      // In a sticky folder nobody replaces what is another's.
      chmodSync(folder, 0o1777);
      expect(readMethodFile(path, WORDS).ok).toBe(true);
    },
  );

  test("does not use a link into a folder that others may write", () => {
    const path = scratch.file("elsewhere/file", "text\n", 0o600);
    mkdirSync(scratch.path("links"), { recursive: true });
    symlinkSync(path, scratch.path("links/file"));
    expect(readMethodFile(scratch.path("links/file"), WORDS).ok).toBe(true);
    chmodSync(scratch.path("elsewhere"), 0o777);
    expect(readMethodFile(scratch.path("links/file"), WORDS)).toMatchObject({
      ok: false,
      why: expect.stringContaining(`chmod go-w ${scratch.path("elsewhere")}`),
    });
  });

  test("a file that is not there is empty when it may be missing, and else named", () => {
    const path = scratch.path("missing");
    expect(readMethodFile(path, null)).toEqual({ ok: true, text: "" });
    expect(readMethodFile(path, WORDS)).toEqual({ ok: false, why: `Cannot read ${path}: ${WORDS}` });
  });

  test("what is no file is an error, also when it may be missing", () => {
    scratch.file("folder/file", "");
    expect(readMethodFile(scratch.path("folder"), null)).toEqual({
      ok: false,
      why: `Cannot read ${scratch.path("folder")}: it is a folder, no ordinary file`,
    });
  });

  test("a pipe does not hold the fence, and a file without end does not fill the memory", () => {
    Bun.spawnSync(["mkfifo", "-m", "600", scratch.path("pipe")]);
    expect(readMethodFile(scratch.path("pipe"), null)).toMatchObject({
      why: expect.stringContaining("it is a named pipe, no ordinary file"),
    });
    const long = scratch.file("long", "x".repeat(1_000_001), 0o600);
    expect(readMethodFile(long, null)).toMatchObject({
      why: expect.stringContaining("longer than 1 MB"),
    });
  });
});

describe("findEntry", () => {
  const find = (text: string) => {
    scratch.file("ILO/ILO.hosts", text);
    const said: string[] = [];
    const request = readRequest("ILO", [HOST, "stop"], {}, scratch.dir) as AgentRequest;
    const entry = findEntry("ILO", SYNTAX, request, (line) => void said.push(line));
    return { entry, said };
  };
  const path = scratch.path("ILO/ILO.hosts");

  test("the line of the host, and a word about the lines that cannot be used", () => {
    const { entry, said } = find(`nonsense\n${HOST}:192.0.2.7\n`);
    expect(entry).toMatchObject({ entry: { device: "192.0.2.7", line: 2 }, others: [] });
    expect(said).toEqual([expect.stringContaining(`${path}, line 1: `)]);
  });

  test("a host that is not listed", () => {
    expect(find("# none yet\n").entry).toBe(`Cannot fence: ${HOST} is not listed in ${path}`);
  });

  test("a host whose line cannot be used: that line is named, else the first that cannot", () => {
    expect(find(`nonsense\n${HOST}:192.0.2.7:0\n`).entry).toBe(
      `Cannot fence: ${path}, line 2: 0 is no port (1 to 65535); a user whose name is a number stands after the port: 22:0`,
    );
    expect(find(`${HOST} 192.0.2.7\n`).entry).toStartWith(
      `Cannot fence: ${HOST} is not listed in ${path}; ${path}, line 1: there is a space`,
    );
  });

  test("a list that is not there: what it should hold", () => {
    const request = readRequest("ILO", [HOST, "stop"], {}, scratch.path("nowhere")) as AgentRequest;
    expect(findEntry("ILO", SYNTAX, request, () => undefined)).toBe(
      `Cannot read ${scratch.path("nowhere/ILO/ILO.hosts")}: it is not there; it lists the hosts: <host uuid>:<address>`,
    );
  });
});
