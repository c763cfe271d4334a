import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createConfigFiles } from "../../../../src/adapters/files/config-files.ts";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder();

function host(files: Readonly<Record<string, string>> = {}) {
  const name = crypto.randomUUID();
  mkdirSync(folder.at(name, "etc/ha-lizard"), { recursive: true });
  for (const [file, text] of Object.entries(files)) folder.write(`${name}/etc/ha-lizard/${file}`, text);
  const paths = pathsFrom({ HA_LIZARD_ROOT: folder.at(name) });
  return { paths, config: createConfigFiles(paths) };
}

test("createConfigFiles: no files are no values and no problem", async () => {
  expect(await host().config.read()).toEqual({ override: {}, unclear: [], lastGood: null, problems: [] });
});

test("createConfigFiles: both files, each for itself", async () => {
  const { config } = host({
    "ha-lizard.conf": "# this host\nLOG_vm_mon=0\nFENCE_METHOD='ILO'\n",
    "ha-lizard.pool.conf": "FENCE_METHOD=IPMI\n",
  });
  expect(await config.read()).toEqual({
    override: { LOG_vm_mon: "0", FENCE_METHOD: "ILO" },
    unclear: [],
    lastGood: { FENCE_METHOD: "IPMI" },
    problems: [],
  });
});

test("createConfigFiles: nothing in the file is executed or expanded", async () => {
  const mark = folder.at("mark");
  const { config } = host({
    "ha-lizard.conf": `MAIL_SUBJECT="$(touch ${mark})"\nFENCE_PASSWD=\`touch ${mark}\`\n`,
  });
  const { override } = await config.read();
  expect(override?.["MAIL_SUBJECT"]).toBe(`$(touch ${mark})`);
  expect(await Bun.file(mark).exists()).toBe(false);
});

test("createConfigFiles: a line that is not understood is named with file and number, the rest holds", async () => {
  const { config, paths } = host({ "ha-lizard.conf": "OP_MODE=2\nwhat is this\nFENCE_PASSWD='topsecret\n" });
  const { override, problems } = await config.read();
  expect(override).toEqual({ OP_MODE: "2" });
  expect(problems.length).toBe(2);
  expect(problems[0]).toStartWith(`${paths.override}: line 2:`);
  expect(problems.join()).not.toContain("topsecret");
});

test("createConfigFiles: a file that cannot be read is null, not empty", async () => {
  const { config, paths } = host();
  mkdirSync(paths.override);
  mkdirSync(paths.lastGood);
  const { override, lastGood, problems } = await config.read();
  expect([override, lastGood]).toEqual([null, null]);
  expect(problems.join()).toContain(`Cannot read ${paths.override}`);
  expect(problems.join()).toContain(`Cannot read ${paths.lastGood}`);
});

test("saveLastGood: every value comes back, whatever is in it, and only the owner can read the file", async () => {
  const { config, paths } = host();
  const values = {
    FENCE_PASSWD: `a 'b' "c" $d \`e\` \\f #g`,
    MAIL_SUBJECT: "SYSTEM_ALERT-FROM_HOST:$HOSTNAME",
    DISABLED_VAPPS: "()",
    SMTP_USER: "",
    SMTP_PASS: " spaces ",
    MAIL_TO: "a@b.c,d@e.f",
  };
  await config.saveLastGood(values);
  expect((await config.read()).lastGood).toEqual(values);
  expect(statSync(paths.lastGood).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(paths.lastGood))).toEqual(["ha-lizard.pool.conf"]);
});

test("saveLastGood: a value with a line break cannot become another parameter", async () => {
  const { config } = host();
  await config.saveLastGood({ MAIL_SUBJECT: "x\nFENCE_ENABLED=0\r\nOP_MODE=1" });
  const { lastGood } = await config.read();
  expect(Object.keys(lastGood ?? {})).toEqual(["MAIL_SUBJECT"]);
});

test("saveLastGood: replaces the whole file", async () => {
  const { config, paths } = host({ "ha-lizard.pool.conf": "OP_MODE=1\nXE_TIMEOUT=9\n" });
  await config.saveLastGood({ OP_MODE: "2" });
  expect((await config.read()).lastGood).toEqual({ OP_MODE: "2" });
  expect(readFileSync(paths.lastGood, "utf8")).toStartWith("#");
});

test("setOverride: the other lines stay, only the owner can read the file, and it comes back as it was", async () => {
  const { config, paths } = host({ "ha-lizard.conf": "# this host\nLOG_vm_mon=0\nwhat is this\n" });
  expect(await config.setOverride("FENCE_PASSWD", `a 'b' "c"`)).toBeNull();
  expect(await config.setOverride("FENCE_PASSWD", "second")).toBeNull();
  expect(readFileSync(paths.override, "utf8")).toBe(
    "# this host\nLOG_vm_mon=0\nwhat is this\nFENCE_PASSWD=second\n",
  );
  expect(statSync(paths.override).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(paths.override))).toEqual(["ha-lizard.conf"]);
});

test("setOverride: makes a file that is not there; says why when it cannot", async () => {
  const fresh = host();
  expect(await fresh.config.setOverride("OP_MODE", "1")).toBeNull();
  expect((await fresh.config.read()).override).toEqual({ OP_MODE: "1" });
  const { config, paths } = host();
  mkdirSync(paths.override);
  expect(await config.setOverride("OP_MODE", "1")).toStartWith(`${paths.override}: `);
});

test("removeOverride: the line goes, the others stay; a file that is not there needs no change", async () => {
  const { config, paths } = host({ "ha-lizard.conf": "# this host\nOP_MODE=1\nLOG_vm_mon=0\n" });
  expect(await config.removeOverride("OP_MODE")).toBeNull();
  expect(readFileSync(paths.override, "utf8")).toBe("# this host\nLOG_vm_mon=0\n");
  expect(statSync(paths.override).mode & 0o777).toBe(0o600);
  expect(await host().config.removeOverride("OP_MODE")).toBeNull();
});
