import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createPrivateFiles } from "../../../../src/adapters/files/private-files.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder();
const files = createPrivateFiles();

test("createPrivateFiles: write makes a file of mode 0600, also in the place of one that all could read", async () => {
  const path = folder.write("w/backup", "old", 0o644);
  expect(await files.write(path, "new 🦎\n")).toBeNull();
  expect(readFileSync(path, "utf8")).toBe("new 🦎\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.at("w"))).toEqual(["backup"]);
  expect(await files.read(path)).toEqual({ ok: true, text: "new 🦎\n" });
});

test("createPrivateFiles: write says why it cannot, and leaves nothing behind", async () => {
  expect(await files.write(folder.at("none/x"), "text")).toBe("there is no such file or folder");
  mkdirSync(folder.at("taken"));
  expect(await files.write(folder.at("taken"), "text")).not.toBeNull();
  expect(readdirSync(folder.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("createPrivateFiles: look knows files, folders, links and devices", async () => {
  const path = folder.write("l/file", "x");
  symlinkSync(path, folder.at("l/link"));
  expect(await files.look(path)).toBe("ordinary");
  expect(await files.look(folder.at("l/none"))).toBe("none");
  for (const other of [folder.at("l"), folder.at("l/link"), "/dev/null"])
    expect(await files.look(other)).toBe("other");
});

test("createPrivateFiles: read takes nothing but a text of an ordinary file", async () => {
  expect(await files.read(folder.at("none"))).toEqual({ ok: false, why: "there is no such file or folder" });
  expect(await files.read(folder.path)).toEqual({ ok: false, why: "it is a folder, no ordinary file" });
  expect(await files.read("/dev/zero")).toEqual({ ok: false, why: "it is a device, no ordinary file" });
  expect(await files.read(folder.write("long", "x".repeat(1_000_001)))).toEqual({
    ok: false,
    why: "it is longer than 1 MB",
  });
  // The kernel says that such a file has no size.
  expect((await files.read("/proc/self/status")).ok).toBe(true);
});

test("publish: replaced as a whole, readable by everybody, whatever the umask is", async () => {
  const folder = new ScratchFolder("publish");
  const before = process.umask(0o077);
  try {
    const path = folder.at("ha.prom");
    for (const text of ["one\n", "two\n"]) {
      expect(await createPrivateFiles().publish(path, text)).toBeNull();
      expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual([text, 0o644]);
    }
    expect(readdirSync(folder.path)).toEqual(["ha.prom"]);
  } finally {
    process.umask(before);
  }
});
