import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { resolve } from "node:path";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { startServer } from "../../unit/adapters/ties/ssh-machine.ts";
import { Stage } from "./stage.ts";

const BINARY = resolve(import.meta.dir, "../../../dist/ha-lizard");
const folder = new ScratchFolder("ha-cfg-tie");
const server = await startServer();
const box = server.box({ shell: "dash" });
const claims = server.folder.at(box.address, "claims");
const place = `root@${box.address}:${claims}`;
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(folder, { hosts: 2, ha: "true", vms: [], params: {} });
});
afterAll(() => stage.stop());

/** `ssh` is that of the machine's network. */
const options = () => ({ network: true, env: { PATH: `${server.folder.at("bin")}:${process.env["PATH"]}` } });
const run = (host: number, ...args: readonly string[]) =>
  stage.run(host, ["tie-breaker", ...args], options());

/** The lines for authorized_keys that were shown. */
const linesIn = (out: string): readonly string[] =>
  out.split("\n").filter((line) => line.startsWith("restrict ssh-ed25519 "));

test("a machine with sshd: keys, pins, folder, test and parameters, with what an administrator does between", async () => {
  const first = await run(1, "ssh", place, "--yes");
  expect([first.code, stage.poolKeys()["HA_TIE_BREAKER"]]).toEqual([1, undefined]);
  expect(first.err).toContain("tie-breaker-key.pub to its authorized_keys");
  const lines = linesIn(first.out);
  expect(lines.length).toBe(1);
  appendFileSync(server.folder.at("authorized_keys"), `${lines.join("\n")}\n`);

  const done = await run(1, "ssh", place, "--yes");
  expect([done.code, done.out]).toEqual([0, expect.stringContaining(`h1: can claim ${place}\n`)]);
  // The plugin of the simulated host is of an earlier version.
  expect(done.err).toContain(`Warning: h2 was not reached`);
  expect(done.err).toContain(`ha-cfg tie-breaker ssh ${place} --here\n`);
  const keys = stage.poolKeys();
  expect([keys["HA_TIE_BREAKER"], keys["HA_TIE_BREAKER_PLACE"]]).toEqual(["ssh", place]);
  expect(readdirSync(claims)).toEqual([]);
  const tested = await run(1, "test");
  expect([tested.code, tested.out]).toEqual([0, `h1: can claim ${place}\n`]);
}, 60_000);

test("the other host by hand: only its part", async () => {
  const first = await run(2, "ssh", place, "--here", "--yes");
  expect(first.code).toBe(1);
  appendFileSync(server.folder.at("authorized_keys"), `${linesIn(first.out).join("\n")}\n`);
  const done = await run(2, "ssh", place, "--here", "--yes");
  expect([done.code, done.err]).toEqual([0, ""]);
  expect((await run(2)).out).toContain("The test of this host: good\n");
}, 60_000);

test("the plugin, as XAPI calls it: key, set-up and test of that host", async () => {
  mkdirSync(folder.at("plugins"));
  symlinkSync(BINARY, folder.at("plugins/ha-lizard-plugin"));
  const { env } = stage.command(2, [], options());
  const call = async (name: string, given: Readonly<Record<string, string>>) => {
    const members = Object.entries(given).map(
      ([key, text]) => `<member><name>${key}</name><value>${text}</value></member>`,
    );
    const xml = `<?xml version="1.0"?><methodCall><methodName>${name}</methodName><params><param><value>OpaqueRef:s</value></param><param><value><struct>${members.join("")}</struct></value></param></params></methodCall>`;
    const child = Bun.spawn([folder.at("plugins/ha-lizard-plugin"), xml], {
      env,
      stderr: "pipe",
      timeout: 60_000,
    });
    return await new Response(child.stdout).text();
  };
  const success = (value: string) =>
    expect.stringContaining(
      `<string>Success</string></value></member><member><name>Value</name><value><string>${value}`,
    );
  expect(await call("tie_key", {})).toEqual(success('{"key":"ssh-ed25519 '));
  expect(await call("tie_prepare", { place })).toEqual(success('{"why":null}'));
  expect(await call("tie_test", { kind: "ssh", place })).toEqual(success('{"why":null}'));
  expect(await call("tie_test", { kind: "ssh", place: "root@127.9.9.9:claims" })).toEqual(
    success('{"why":"root@127.9.9.9:claims: '),
  );
  expect(await call("tie_prepare", { place: "nonsense" })).toEqual(
    success('{"why":"this is no place of ssh"}'),
  );
  expect(await call("tie_other", {})).toContain("<string>Failure</string>");
}, 60_000);
