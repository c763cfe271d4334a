import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { openIlo } from "../../../../src/fence-agents/ilo/open-ilo.ts";
import { PASSWORD, type SshBox, SshServer } from "../../../tools/devices/sshd.ts";
import { AgentFolders, HOST, type Play, playAgent } from "../ssh/play-agent.ts";

setDefaultTimeout(90_000);
const server = await SshServer.start("clp-shell.sh", "Port 22\nPort 2222");

function ilo(power: "On" | "Off", mode = "ok"): SshBox {
  return server.box({ power, mode, asked: "" });
}

const foldersFor = ({ address }: { readonly address: string }, conf = "") =>
  new AgentFolders(server, "ILO", { "ILO.hosts": `${HOST}:${address}\n`, "ILO.conf": conf });

const play = (box: SshBox, options: Play = {}, conf = "") =>
  playAgent(openIlo, server, foldersFor(box, conf), options);

/** What the device was asked, without comings and goings. */
const askedOf = (box: SshBox) =>
  box
    .read("asked")
    .split("\n")
    .filter((line) => !["", "login", "exit"].includes(line));

describe("ILO switches the power", () => {
  test.concurrent("stop: a host that is on is off in the end, and says so", async () => {
    const box = ilo("On");
    const end = await play(box);
    expect(end).toMatchObject({ ok: true, says: `iLO ${box.address}: the host is off`, said: [] });
    expect(box.read("power")).toBe("Off");
    expect(askedOf(box)).toEqual(["power", "stop /system1 -f", "power", "power"]);
  });

  test.concurrent("status, of a device with an IPv6 address", async () => {
    const box = server.box({ power: "Off", mode: "ok", asked: "" }, "::1");
    const folders = foldersFor({ address: "[::1]" });
    const end = await playAgent(openIlo, server, folders, { action: "status" });
    expect(end).toMatchObject({ ok: true, says: "off" });
    expect(askedOf(box)).toEqual(["power"]);
    expect(readFileSync(folders.pinOf("::1"), "utf8")).toStartWith("::1 ssh-ed25519 ");
  });

  test.concurrent("status, at a port of its own: its key is kept under address and port", async () => {
    const box = ilo("On");
    const folders = foldersFor({ address: `${box.address}:2222:root` });
    const end = await playAgent(openIlo, server, folders, { action: "status" });
    expect(end).toMatchObject({ ok: true, says: "on" });
    const pin = readFileSync(folders.pinOf(`${box.address}:2222`), "utf8");
    expect(pin).toStartWith(`${box.address}:2222 ssh-ed25519 `);
    expect(existsSync(folders.pinOf(box.address))).toBe(false);
    const again = await playAgent(openIlo, server, folders, { action: "status", user: "nobody" });
    expect(again).toMatchObject({ ok: true });
    const wrong = await playAgent(openIlo, server, foldersFor({ address: `${box.address}:2223` }), {
      timeoutMs: 2_000,
    });
    expect(wrong.says).toContain(`Cannot read the power state of iLO ${box.address}:2223: `);
  });

  test.concurrent("stop: a host that is off is left alone", async () => {
    const box = ilo("Off");
    expect(await play(box)).toMatchObject({ ok: true });
    expect(askedOf(box)).toEqual(["power", "power", "power"]);
  });

  test.concurrent("start, reset and status", async () => {
    const box = ilo("Off");
    expect(await play(box, { action: "start" })).toMatchObject({ ok: true });
    expect(box.read("power")).toBe("On");
    expect(await play(box, { action: "status" })).toMatchObject({ ok: true, says: "on" });
    const reset = await play(box, { action: "reset" });
    expect(reset).toMatchObject({ ok: true, says: `iLO ${box.address}: the host was off and is on again` });
    expect(askedOf(box).filter((line) => line !== "power")).toEqual([
      "start /system1",
      "stop /system1 -f",
      "start /system1",
    ]);
  });

  const dialects: readonly (readonly [string, string, string, readonly string[]])[] = [
    ["one that knows only /system1", "clp-only", "", ["power", "show /system1", "stop /system1 -f"]],
    ["one that knows only power", "power-only", "", ["power", "stop /system1 -f", "power off hard"]],
    ["DIALECT=power", "ok", "DIALECT=power", ["power", "power off hard"]],
    ["DIALECT=system1", "ok", "DIALECT=system1", ["show /system1", "stop /system1 -f"]],
    ["SESSION=argument", "ok", "SESSION=argument", ["power", "stop /system1 -f"]],
  ];
  test.concurrent.each(dialects)("dialects: %s", async (_, mode, conf, first) => {
    const box = ilo("On", mode);
    expect(await play(box, {}, conf)).toMatchObject({ ok: true });
    expect(box.read("power")).toBe("Off");
    expect(askedOf(box).slice(0, first.length)).toEqual([...first]);
  });
});

describe("ILO fails, and says why", () => {
  const failures: readonly (readonly [string, string, Play, string])[] = [
    ["refuses", "no-rights", {}, "the command was refused (INSUFFICIENT PRIVILEGE), and the host is on"],
    ["is busy", "busy", { overAt: "refused" }, "the command was refused (RESOURCE BUSY)"],
    ["answers garbage", "garbage", { overAt: "neither on" }, "neither on nor off; it said: "],
  ];
  test.concurrent.each(failures)("a device that %s", async (_, mode, options, why) => {
    const box = ilo("On", mode);
    const end = await play(box, options);
    expect(end.ok).toBe(false);
    expect(end.says).toContain(why);
    expect(box.read("power")).toBe("On");
  });

  test.concurrent("a device that says OK and does nothing", async () => {
    const box = ilo("On", "liar");
    const end = await play(box, { overWhen: () => askedOf(box).length > 3 });
    expect(end.ok).toBe(false);
    expect(end.says).toContain("the command was accepted, and when the time was over the host is on");
  });

  test.concurrent("one that may not switch is not asked twice, one that is busy not twice at once", async () => {
    const noRights = ilo("On", "no-rights");
    await play(noRights);
    expect(askedOf(noRights)).toEqual(["power", "stop /system1 -f", "power"]);
    const busy = ilo("On", "busy-at-first");
    expect(await play(busy)).toMatchObject({ ok: true });
    expect(askedOf(busy).filter((line) => line !== "power")).toEqual([
      "stop /system1 -f",
      "stop /system1 -f",
    ]);
  });

  test.concurrent("a device that hangs after a command: its time is over", async () => {
    const end = await play(ilo("On", "hang"), { timeoutMs: 1_500 });
    expect(end).toMatchObject({ ok: false });
    expect(end.says).toContain("the time was over");
  });

  test.concurrent("a device that hangs after the login: no prompt came", async () => {
    const end = await play(ilo("On", "mute"), { timeoutMs: 1_500 });
    expect(end.says).toEndWith("the time was over");
  });

  test.concurrent("a device that is slow past the deadline", async () => {
    const box = ilo("On", "slow");
    const end = await play(box, { timeoutMs: 2_500 });
    expect(end.ok).toBe(false);
    expect(end.says).toContain("the time was over");
  });

  test.concurrent("a wrong password", async () => {
    const box = ilo("On");
    const end = await play(box, { password: "wrong-one" });
    expect(end.says).toStartWith(
      `Cannot read the power state of iLO ${box.address}: the password of user root was refused`,
    );
    expect(`${end.says} ${end.said.join(" ")}`).not.toContain("wrong-one");
  });

  test.concurrent("a device that is not there", async () => {
    const end = await play({ ...ilo("On"), address: "192.0.2.7" }, { timeoutMs: 3_000 });
    expect(end.says).toStartWith("Cannot read the power state of iLO 192.0.2.7: 192.0.2.7 cannot be reached");
  });

  test.concurrent("a host that is not listed: nobody is asked", async () => {
    const box = ilo("On");
    const other = "7b1d9e20-44aa-4c55-8d66-99aabbccddee";
    const end = await play(box, { host: other });
    expect(end.says).toStartWith(`Cannot fence: ${other} is not listed in `);
    expect(askedOf(box)).toEqual([]);
  });

  const settings: readonly (readonly [string, string, Play, string])[] = [
    ["an option it does not know", "DIALEKT=power", {}, "line 1: DIALEKT is no option"],
    ["no password", "", { password: "" }, "neither a password (FENCE_PASSWD) nor SSH_KEY"],
    ["a password of two lines", "", { password: "a\nb" }, "more than one line"],
    ["a key that is not there", "SSH_KEY=/no/such/key", {}, "Cannot use the key /no/such/key"],
  ];
  test.concurrent.each(settings)("settings: %s", async (_, conf, options, why) => {
    const end = await play({ ...ilo("On"), address: "192.0.2.7" }, options, conf);
    expect(end).toMatchObject({ ok: false, says: expect.stringContaining(why) });
  });
});

test.concurrent("ILO: the user of the list, then FENCE_USER, then root", async () => {
  const box = ilo("On");
  const listed = new AgentFolders(server, "ILO", { "ILO.hosts": `${HOST}:${box.address}:operator\n` });
  const says = async (folders: AgentFolders, user?: string) =>
    (await playAgent(openIlo, server, folders, { password: "wrong", ...(user && { user }) })).says;
  expect(await says(listed, "admin")).toContain("user operator was refused");
  expect(await says(foldersFor(box), "admin")).toContain("user admin was refused");
  expect(await says(foldersFor(box))).toContain("user root was refused");
  expect(PASSWORD).not.toBe("wrong");
});
