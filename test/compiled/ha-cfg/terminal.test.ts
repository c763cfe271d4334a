import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "./stage.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
const folder = new ScratchFolder("ha-cfg");
let stage: Stage;
beforeAll(async () => {
  const vms = [{ name: "web", on: 1 }, { name: "a VM with a long name, as some have: ".repeat(4) }];
  stage = await Stage.open(folder, { hosts: 3, ha: "true", vms });
  expect((await stage.run(1, ["insert"])).code).toBe(0);
});
afterAll(() => stage.stop());

describe("on a terminal", () => {
  test("status asks nothing, and is drawn for the locale and the width of the terminal", async () => {
    const plain = await stage.runOnTerminal(1, ["status"]);
    expect([plain.code, plain.out.split("\r\n")[0]]).toEqual([0, `+${"-".repeat(78)}+`]);
    const lined = await stage.runOnTerminal(1, ["status"], [], { LC_ALL: "C.UTF-8" });
    expect(lined.out).toStartWith(`┌${"─".repeat(78)}┐`);
    expect(stage.poolKeys()[FLAG]).toBe("true");
  });

  test("remove asks, and a no changes nothing", async () => {
    const before = stage.poolKeys();
    const { code, out } = await stage.runOnTerminal(1, ["remove"], ["no"]);
    expect([code, out, stage.poolKeys()]).toEqual([
      1,
      expect.stringMatching(/\(yes\/no\)[\s\S]*Nothing was changed/),
      before,
    ]);
  });

  test("set PARAM - asks for a secret and does not show it", async () => {
    const { code, out } = await stage.runOnTerminal(
      1,
      ["set", "FENCE_PASSWD", "-"],
      ["t0psecret", "t0psecret"],
    );
    expect([code, stage.poolKeys()["HA_FENCE_PASSWD"]]).toEqual([0, "t0psecret"]);
    expect(out).not.toContain("t0psecret");
  });

  for (const [args, typed] of [
    [["status"], ["no"]],
    [["doctor"], []],
    [["get"], []],
    [["get", "FENCE_METHOD"], []],
    [["get-vm-ha", "web"], []],
    [["plan"], []],
    [["plan", "--if-host-fails", "h1"], []],
    [["drill", "h1"], []],
    [["explain", "host", "h1"], []],
    [["explain", "vm", "web"], []],
    [["fence-test"], []],
    [["--help"], []],
    [["set", "--help"], []],
    [["manual"], []],
    [["manual", "purpose"], []],
  ] as const) {
    test(`${args.join(" ")}: no line is wider than 80 columns`, async () => {
      const { out } = await stage.runOnTerminal(1, args, typed);
      const plain = stripVTControlCharacters(out);
      const long = plain.split(/[\r\n]+/).filter((line) => Bun.stringWidth(line) > 80);
      expect(long).toEqual([]);
      expect(plain.length).toBeGreaterThan(50);
    });
  }

  test("colours on a terminal, none with NO_COLOR or in a pipe", async () => {
    expect((await stage.runOnTerminal(1, ["doctor"])).out).toContain("\u001b[");
    expect((await stage.runOnTerminal(1, ["doctor"], [], { NO_COLOR: "1" })).out).not.toContain("\u001b[");
    expect((await stage.run(1, ["doctor"])).out).not.toContain("\u001b[");
  });
});

describe("in a script", () => {
  test("wrong usage: exit 2, nothing changed", async () => {
    const before = stage.poolKeys();
    for (const args of [
      [],
      ["ha-enabel"],
      ["set", "XE_TIMEOUT"],
      ["set", "NOTHING", "1"],
      ["get", "--jsn"],
    ]) {
      const { code, out, err } = await stage.run(1, args);
      expect({ args, code, out, says: err !== "" }).toEqual({ args, code: 2, out: "", says: true });
    }
    expect(stage.poolKeys()).toEqual(before);
  });

  test("nobody is asked: status shows and ends, what must be confirmed names --yes", async () => {
    await stage.run(1, ["set", "XE_TIMEOUT", "9"]);
    expect((await stage.run(1, ["status"])).out).not.toContain("(yes");
    for (const args of [["remove"], ["restore-default"], ["preset", "two-node"]])
      expect((await stage.run(1, args)).err).toContain("--yes");
  });

  test("a pipe that is closed ends it", async () => {
    const { command, env, cwd } = stage.command(1, ["get"]);
    const child = Bun.spawn(["sh", "-c", '"$@" | head -1', "sh", ...command], { cwd, env, stderr: "pipe" });
    expect(await new Response(child.stdout).text()).toMatch(/^MONITOR_DELAY=.*\n$/);
    expect([await new Response(child.stderr).text(), await child.exited]).toEqual(["", 0]);
  });
});
