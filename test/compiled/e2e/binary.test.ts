import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { renderDefaultFile } from "../../../src/config/default-file.ts";

const BINARY = resolve(import.meta.dir, "../../../dist/ha-lizard");
const scratch = mkdtempSync(join(tmpdir(), "ha-lizard-binary-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs with a root of its own, so that no file of this machine is read. */
function run(command: readonly string[], cwd = scratch): Ran {
  const child = Bun.spawnSync([...command], {
    cwd,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"] ?? "", HA_LIZARD_ROOT: scratch },
    timeout: 20_000,
  });
  return { code: child.exitCode, stdout: child.stdout.toString(), stderr: child.stderr.toString() };
}

function named(name: string): string {
  const link = join(scratch, name);
  rmSync(link, { force: true });
  symlinkSync(BINARY, link);
  return link;
}

test("binary: needs no GLIBC symbol above 2.17", () => {
  const { stdout, code } = run(["readelf", "--dyn-syms", "--wide", BINARY]);
  expect(code).toBe(0);
  const versions = new Set([...stdout.matchAll(/@+GLIBC_([0-9.]+)/g)].map((match) => match[1] ?? ""));
  expect(versions.size).toBeGreaterThan(3);
  const tooNew = [...versions].filter(
    (version) => Bun.semver.order(`${version}.0`.split(".").slice(0, 3).join("."), "2.17.0") > 0,
  );
  expect(tooNew).toEqual([]);
});

test("binary: loads only libraries that CentOS 7 has", () => {
  const { stdout } = run(["readelf", "--dynamic", "--wide", BINARY]);
  const needed = [...stdout.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((match) => match[1] ?? "");
  expect(needed.length).toBeGreaterThan(0);
  const known = ["libc.so.6", "libpthread.so.0", "libdl.so.2", "libm.so.6", "ld-linux-x86-64.so.2"];
  expect(needed.filter((library) => !known.includes(library))).toEqual([]);
});

test("binary: prints what the installer writes: the override file and the completion", () => {
  expect(run([named("ha-lizard"), "default-file"])).toEqual({
    code: 0,
    stdout: renderDefaultFile(),
    stderr: "",
  });
  expect(run([named("ha-lizard"), "ha-cfg", "bash-completion"]).stdout).toContain(
    "complete -F _ha_cfg ha-cfg",
  );
});

test("binary: the name ha-cfg is the command line", () => {
  const { stdout, code } = run([named("ha-cfg"), "version"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\d+\.\d+\.\d+/);
});

test("binary: the first argument is the mode under any name", () => {
  const { stdout, code } = run([named("ha-lizard"), "ha-cfg", "version"]);
  expect(code).toBe(0);
  expect(stdout).toBe(run([named("ha-cfg"), "version"]).stdout);
});

test("binary: ha-lizard without an argument helps", () => {
  const { stdout, code } = run([named("ha-lizard")]);
  expect(code).toBe(0);
  expect(stdout).toContain("iterate");
});

test("binary: an unknown mode is a usage error", () => {
  const { code, stderr } = run([named("ha-lizard"), "no-such-mode"]);
  expect(code).toBe(2);
  expect(stderr).toContain("no-such-mode");
});

test("binary: a hostile bunfig.toml, .env, package.json and tsconfig.json where root stands have no effect", () => {
  const trap = mkdtempSync(join(scratch, "trap-"));
  const mark = join(trap, "sprung");
  writeFileSync(
    join(trap, "evil.ts"),
    `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "sprung");`,
  );
  writeFileSync(join(trap, "bunfig.toml"), 'preload = ["./evil.ts"]\n[run]\npreload = ["./evil.ts"]\n');
  writeFileSync(
    join(trap, ".env"),
    "HA_LIZARD_ROOT=/nonexistent\nBUN_OPTIONS=--preload=./evil.ts\nNO_COLOR=\n",
  );
  writeFileSync(join(trap, "package.json"), '{"name":"evil","imports":{"#x":"./evil.ts"}}');
  writeFileSync(join(trap, "tsconfig.json"), '{"compilerOptions":{"paths":{"*":["./evil.ts"]}}}');
  const there = run([named("ha-cfg"), "version"], trap);
  const elsewhere = run([named("ha-cfg"), "version"]);
  expect(there).toEqual(elsewhere);
  expect(Bun.file(mark).size).toBe(0);
});

test("binary: one iteration at a time on a host", async () => {
  const root = mkdtempSync(join(scratch, "root-"));
  const bin = join(root, "opt/xensource/bin");
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(
    join(root, "etc/xensource-inventory"),
    "INSTALLATION_UUID='00000001-1111-4111-8111-111111111101'\n",
  );
  // The first one waits for this tool until its own deadline; it says when it has begun to.
  writeFileSync(join(bin, "list_domains"), `#!/bin/sh\n: > ${root}/begun\nexec sleep 20\n`, { mode: 0o755 });
  const env = { PATH: process.env["PATH"] ?? "", HA_LIZARD_ROOT: root };
  const first = Bun.spawn([BINARY, "iterate"], {
    cwd: root,
    env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  for (let waits = 0; waits < 500 && !existsSync(join(root, "begun")); waits++) await Bun.sleep(10);
  const second = Bun.spawnSync([BINARY, "iterate"], { cwd: root, env, stdin: "ignore", timeout: 20_000 });
  expect([second.exitCode, first.exitCode]).toEqual([1, null]);
  expect(await first.exited).toBe(0);
}, 30_000);

test("binary: runs on a processor without AVX", () => {
  // Nehalem, the oldest that it supports, is emulated; a newer instruction would end it with SIGILL.
  const { stdout, code } = run(["qemu-x86_64", "-cpu", "Nehalem", BINARY, "version"]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ha-lizard \d/)]);
  const iteration = run(["qemu-x86_64", "-cpu", "Nehalem", BINARY, "iterate"]);
  expect([iteration.code, iteration.stderr]).toEqual([1, ""]);
}, 30_000);
