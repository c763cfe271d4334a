import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { openXvm } from "../../../../src/fence-agents/xvm/open-xvm.ts";
import { parsePowerState } from "../../../../src/fence-agents/xvm/xvm-device.ts";
import { type SshBox, SshServer } from "../../../tools/devices/sshd.ts";
import { AgentFolders, HOST, type Play, playAgent } from "../ssh/play-agent.ts";

setDefaultTimeout(90_000);
const server = await SshServer.start("xe-shell.sh", "Port 22\nPort 2222");
const VM = "9c0f1a2b-3c4d-4e5f-8a6b-7c8d9e0f1a2b";

const outerHost = (power: string, mode = "ok"): SshBox => server.box({ [VM]: power, mode, asked: "" });
const folders = (hosts = `${HOST}:${VM}\n`) => new AgentFolders(server, "XVM", { "XVM.hosts": hosts });
const play = (box: SshBox, options: Play = {}, hosts?: string) =>
  playAgent(openXvm, server, folders(hosts), { address: box.address, ...options });
const askedOf = (box: SshBox) =>
  box
    .read("asked")
    .split("\n")
    .filter((line) => line !== "");

describe("XVM switches the power", () => {
  test.concurrent("stop: the VM is halted by force", async () => {
    const box = outerHost("running");
    const end = await play(box);
    expect(end).toMatchObject({ ok: true, says: `VM ${VM} on ${box.address}: the host is off`, said: [] });
    expect(box.read(VM)).toBe("halted");
    expect(askedOf(box)[1]).toBe(`xe vm-shutdown uuid=${VM} --force`);
  });

  test.concurrent("stop: a VM that is halted is left alone", async () => {
    const box = outerHost("halted");
    expect(await play(box)).toMatchObject({ ok: true });
    expect(new Set(askedOf(box))).toEqual(new Set([`xe vm-list uuid=${VM} params=power-state --minimal`]));
  });

  test.concurrent("stop: a suspended VM is not off", async () => {
    const box = outerHost("suspended");
    expect(await play(box)).toMatchObject({ ok: true });
    expect(box.read(VM)).toBe("halted");
  });

  test.concurrent("reset, status", async () => {
    const box = outerHost("running");
    expect(await play(box, { action: "reset" })).toMatchObject({ ok: true });
    expect(box.read(VM)).toBe("running");
    expect(askedOf(box)).toContain(`xe vm-shutdown uuid=${VM} --force`);
    expect(await play(box, { action: "status" })).toMatchObject({ ok: true, says: "on" });
  });
});

describe("XVM fails, and says why", () => {
  const failures: readonly (readonly [string, SshBox, Play, string])[] = [
    [
      "garbage",
      outerHost("running", "garbage"),
      { overAt: "xe said" },
      "neither on nor off; xe said: <expired>",
    ],
    ["an xe that hangs", outerHost("running", "hang"), { timeoutMs: 1_500 }, "the time was over"],
    ["a wrong password", outerHost("running"), { password: "no" }, "the password of user root was refused"],
    [
      "an xe that refuses",
      outerHost("running", "refuse"),
      { overAt: "refused" },
      "xe failed with 1: The operation",
    ],
    [
      "no such VM",
      server.box({ mode: "ok", asked: "" }),
      { overAt: "no such VM" },
      "the outer host has no such VM",
    ],
    ["no FENCE_IPADDRESS", outerHost("running"), { address: "" }, "FENCE_IPADDRESS is not set"],
    ["an address for a shell", outerHost("running"), { address: "-oProxyCommand=id" }, "is no address"],
  ];
  test.concurrent.each(failures)("%s", async (_, box, options, why) => {
    const end = await play(box, options);
    expect(end).toMatchObject({ ok: false, says: expect.stringContaining(why) });
  });

  test.concurrent("an outer host that says OK and does nothing", async () => {
    const box = outerHost("running", "liar");
    const end = await play(box, { overWhen: () => askedOf(box).length > 3 });
    expect(end).toMatchObject({
      ok: false,
      says: expect.stringContaining("the command was accepted, and when the time was over the host is on"),
    });
  });

  test("a device in the list that is no uuid never reaches a shell", async () => {
    const box = outerHost("running");
    const end = await play(box, {}, `${HOST}:$(reboot)\n`);
    expect(end).toMatchObject({
      ok: false,
      says: expect.stringContaining("line 1: $(reboot) is no address"),
    });
    expect(askedOf(box)).toEqual([]);
    const named = await play(box, {}, `${HOST}:some-vm\n`);
    expect(named.says).toEndWith("XVM.hosts, line 1: some-vm is no uuid of a VM");
  });

  test("a port in the list: refused, with the place where the outer host's belongs", async () => {
    const box = outerHost("running");
    const end = await play(box, {}, `${HOST}:${VM}:2222\n`);
    expect(end.says).toContain(
      "line 1: 2222 stands where a port would: a VM has no port, and the outer host's ssh port is PORT in XVM.conf",
    );
    const files = { "XVM.hosts": `${HOST}:${VM}\n`, "XVM.conf": "PORT=2222\n" };
    const at = new AgentFolders(server, "XVM", files);
    const elsewhere = await playAgent(openXvm, server, at, { address: box.address, action: "status" });
    expect(elsewhere).toMatchObject({ ok: true, says: "on" });
  });
});

test.each([
  ["halted\n", "off"],
  ["running\n", "on"],
  ["paused", "on"],
  ["suspended\n", "on"],
  ["", "unknown"],
  ["\n", "unknown"],
  ["Halted", "unknown"],
  ["halted,running", "unknown"],
  ["<not in database>", "unknown"],
])("parsePowerState: %p is %s", (output, kind) => {
  expect(parsePowerState(output).kind).toBe(kind as "off");
});
