import { describe, expect, test } from "bun:test";
import { chownSync } from "node:fs";
import { findEntry, readMethodFile } from "../../../src/fence-agents/method-files.ts";
import { type AgentRequest, readRequest } from "../../../src/fence-agents/request.ts";
import { useScratch } from "../adapters/scratch.ts";

const scratch = useScratch("method-files");
const HOST = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";

describe("readMethodFile", () => {
  test("reads a file that only its owner writes", () => {
    expect(readMethodFile(scratch.file("good", "text\n", 0o644), false)).toEqual({
      ok: true,
      text: "text\n",
    });
    expect(readMethodFile(scratch.file("better", "text\n", 0o600), false).ok).toBe(true);
  });

  test.each([0o664, 0o646, 0o666])("does not use a file of mode %o: it decides who loses power", (mode) => {
    const path = scratch.file("open", "text\n", mode);
    expect(readMethodFile(path, false)).toEqual({
      ok: false,
      why: `Cannot use ${path}: others may write it; run: chmod 644 ${path}`,
    });
  });

  test.if(process.getuid?.() === 0)("does not use a file of another user", () => {
    const path = scratch.file("foreign", "text\n");
    chownSync(path, 12_345, 0);
    expect(readMethodFile(path, false)).toMatchObject({
      ok: false,
      why: expect.stringContaining("chown root"),
    });
  });

  test("a file that is not there is empty when it may be missing, and else named", () => {
    const path = scratch.path("missing");
    expect(readMethodFile(path, true)).toEqual({ ok: true, text: "" });
    expect(readMethodFile(path, false)).toEqual({
      ok: false,
      why: `Cannot read ${path}: it is not there; it lists the hosts: <host uuid>:<address>`,
    });
  });

  test("what is no file is an error, also when it may be missing", () => {
    scratch.file("folder/file", "");
    expect(readMethodFile(scratch.path("folder"), true)).toMatchObject({
      ok: false,
      why: `Cannot read ${scratch.path("folder")}: EISDIR`,
    });
  });
});

describe("findEntry", () => {
  const find = (text: string) => {
    scratch.file("ILO/ILO.hosts", text);
    const said: string[] = [];
    const request = readRequest("ILO", [HOST, "stop"], { FENCE_FILE_LOC: scratch.dir }) as AgentRequest;
    const entry = findEntry("ILO", request, (line) => void said.push(line));
    return { entry, said };
  };
  const path = scratch.path("ILO/ILO.hosts");

  test("the line of the host, and a word about the lines that cannot be used", () => {
    const { entry, said } = find(`nonsense\n${HOST}:192.0.2.7\n`);
    expect(entry).toMatchObject({ device: "192.0.2.7", line: 2 });
    expect(said).toEqual([expect.stringContaining(`${path}, line 1: `)]);
  });

  test("a host that is not listed", () => {
    expect(find("# none yet\n").entry).toBe(`Cannot fence: ${HOST} is not listed in ${path}`);
  });

  test("a host whose line cannot be used: the first such line is named", () => {
    expect(find(`${HOST} 192.0.2.7\n`).entry).toStartWith(
      `Cannot fence: ${HOST} is not listed in ${path}; ${path}, line 1: there is a space`,
    );
  });
});
