import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { SshTarget } from "../../../../src/adapters/ssh/target.ts";
import { createSshClient } from "../../../../src/fence-agents/ssh/client.ts";
import { dropEmptyPin } from "../../../../src/fence-agents/ssh/known-host.ts";
import { maskDevice } from "../../../../src/fence-agents/ssh/mask-device.ts";
import { openTarget } from "../../../../src/fence-agents/ssh/target.ts";
import { generateKey, PASSWORD, SshServer } from "../../../tools/devices/sshd.ts";
import {
  isAlive,
  never,
  processesWith,
  startProgram,
  timed,
  until,
  useScratch,
} from "../../adapters/scratch.ts";
import { AgentFolders, contextFor } from "./play-agent.ts";

setDefaultTimeout(90_000);
const scratch = useScratch("ssh-client");
const server = await SshServer.start("clp-shell.sh");
const OLD_DEVICE = `KexAlgorithms diffie-hellman-group1-sha1
HostKeyAlgorithms ssh-rsa
Ciphers 3des-cbc
MACs hmac-sha1`;
const both = await SshServer.start(
  "clp-shell.sh",
  "LogLevel VERBOSE\nKbdInteractiveAuthentication yes\nUsePAM yes",
);
const dialogue = await SshServer.start(
  "clp-shell.sh",
  "LogLevel VERBOSE\nPasswordAuthentication no\nKbdInteractiveAuthentication yes\nUsePAM yes",
);
const old = await SshServer.start("clp-shell.sh", OLD_DEVICE, "rsa");

function client(on = server, mode = "ok", changes: Partial<SshTarget> = {}, callMs = 15_000) {
  const box = on.box({ power: "On", mode, asked: "" });
  const folders = new AgentFolders(on, "ILO", {});
  const target: SshTarget = {
    address: box.address,
    port: 22,
    user: "root",
    login: { kind: "password", password: PASSWORD },
    legacy: false,
    ...changes,
  };
  const ssh = createSshClient(target, contextFor(on, folders), callMs);
  return { ssh, box, folders, pin: folders.pinOf(box.address), address: box.address };
}

describe("host key", () => {
  test("pinned at the first login, required from then on", async () => {
    const { ssh, folders, pin, address } = client();
    expect((await ssh.run("power", never())).output).toContain("currently: On");
    const pinned = readFileSync(pin, "utf8");
    expect(pinned).toStartWith(`${address} ssh-ed25519 `);
    expect(statSync(folders.pins).mode & 0o777).toBe(0o700);
    expect((await ssh.run("power", never())).fault).toBeNull();
    expect(readFileSync(pin, "utf8")).toBe(pinned);
  });

  test("an empty pin that a full disk has left after the first login is none", async () => {
    const { ssh, pin } = client();
    await ssh.run("power", never());
    const key = readFileSync(pin, "utf8");
    writeFileSync(pin, "");
    dropEmptyPin({ path: pin, pinned: true });
    expect(existsSync(pin)).toBe(true);
    dropEmptyPin({ path: pin, pinned: false });
    expect(existsSync(pin)).toBe(false);
    dropEmptyPin({ path: pin, pinned: false });
    expect((await ssh.run("power", never())).fault).toBeNull();
    expect(readFileSync(pin, "utf8")).toBe(key);
  });

  test("another key than the pinned one: nobody is told the password, and it says which file to remove", async () => {
    const { ssh, folders, pin, address } = client();
    await ssh.run("power", never());
    const other = generateKey(server.folder.at(`other-${address}`), "ed25519");
    writeFileSync(pin, `${address} ${other}\n`);
    const answer = await ssh.run("power", never());
    expect(answer.fault).toBe(
      `the host key of ${address} is not the one that was pinned; if the device was replaced or reset, run: rm '${pin}'`,
    );
    expect(answer.output).toBe("");
    expect(readFileSync(pin, "utf8")).toBe(`${address} ${other}\n`);
    expect(existsSync(folders.pins)).toBe(true);
  });

  test.each([
    ["has become empty", "", 0o600, "is damaged: it should have a host key"],
    ["has only an empty line", "\n", 0o600, "is damaged: it should have a host key"],
    ["has lost its key", "# nothing\n", 0o600, "is not the one that was pinned"],
    ["others may write", null, 0o666, "others may write it"],
  ])("a pin that %s trusts nobody, and stays", async (_, text, mode, words) => {
    const { ssh, box, pin } = client();
    await ssh.run("power", never());
    const left = text ?? readFileSync(pin, "utf8");
    writeFileSync(pin, left);
    chmodSync(pin, mode);
    box.write("asked", "");
    expect(await ssh.run("power", never())).toMatchObject({
      final: true,
      fault: expect.stringContaining(words),
    });
    expect([box.read("asked"), readFileSync(pin, "utf8")]).toEqual(["", left]);
  });

  test("a folder that cannot be written costs the pin, not the login", async () => {
    const { ssh, folders } = client();
    folders.blockPins();
    expect((await ssh.run("power", never())).fault).toBeNull();
  });
});

describe("login by key", () => {
  const path = server.folder.at("login-key");
  const key = generateKey(path, "ed25519");
  const HERE = { address: "127.0.0.1", port: 22 };
  const options = { SSH_KEY: path, LEGACY_SSH: "0" };

  test("works without a password, and a key that is not known is refused", async () => {
    const target = openTarget(HERE, "root", options, "");
    if (typeof target === "string") throw new Error(target);
    const stranger = client(server, "ok", { login: target.login });
    expect((await stranger.ssh.run("power", never())).fault).toStartWith(
      `the key ${path} of user root was refused`,
    );
    writeFileSync(server.folder.at("authorized_keys"), `${key}\n`);
    const { ssh } = client(server, "ok", { login: target.login });
    expect(await ssh.run("power", never())).toMatchObject({ fault: null, exitCode: 0 });
  });

  test("a key that others may read is not used", () => {
    const open = server.folder.at("open-key");
    generateKey(open, "ed25519");
    chmodSync(open, 0o640);
    const target = openTarget(HERE, "root", { ...options, SSH_KEY: open }, "");
    expect(target).toBe(`Cannot use the key ${open}: others may read it; run: chmod 600 ${open}`);
  });
});

describe("a wrong password is one login", () => {
  const wrong = { login: { kind: "password", password: "wrong-one" } } as const;
  /** What the device counts; its log comes a moment later. */
  const failures = (on: SshServer) =>
    readFileSync(on.folder.at("log"), "utf8")
      .split("\n")
      .filter((line) => /^(Failed|error: PAM)/.test(line)).length;

  test("by password, although the device offers a dialogue, too", async () => {
    const before = failures(both);
    const { ssh } = client(both, "ok", wrong);
    expect(await ssh.run("power", never())).toMatchObject({
      final: true,
      fault: expect.stringContaining("the password of user root was refused"),
    });
    expect(await until(() => failures(both) > before)).toBe(true);
    expect(failures(both) - before).toBe(1);
  });

  test("in a dialogue, where the device takes it in no other way", async () => {
    const before = failures(dialogue);
    const { ssh } = client(dialogue, "ok", wrong);
    expect(await ssh.run("power", never())).toMatchObject({ final: true });
    expect(await until(() => failures(dialogue) > before)).toBe(true);
    expect(failures(dialogue) - before).toBe(1);
    expect(await client(dialogue).ssh.run("power", never())).toMatchObject({ fault: null, exitCode: 0 });
  });
});

describe("old devices", () => {
  test("are refused with a hint, and spoken to with LEGACY_SSH=1", async () => {
    const { fault } = await client(old).ssh.run("power", never());
    expect(fault).toMatch(/^no common algorithm \(.*\); for an old device: LEGACY_SSH=1$/);
    const answer = await client(old, "ok", { legacy: true }).ssh.run("power", never());
    expect(answer).toMatchObject({ fault: null, output: expect.stringContaining("currently: On") });
  });
});

describe("bounds", () => {
  test("a device that hangs costs its time and leaves no ssh", async () => {
    const { ssh, folders } = client(server, "hang", {}, 1_000);
    const { value, ms } = await timed(ssh.run("power", never()));
    expect(value.fault).toBe("no answer within 1 s");
    expect(ms).toBeLessThan(4_000);
    expect(await until(() => processesWith(folders.pins).length === 0)).toBe(true);
  });

  test("the caller's signal ends it, and after that nothing begins", async () => {
    const { ssh, box, folders } = client(server, "hang");
    const over = new AbortController();
    const running = ssh.run("power", over.signal);
    expect(await until(() => box.read("asked") !== "")).toBe(true);
    const pids = processesWith(folders.pins);
    over.abort();
    expect((await running).fault).toBe("the time was over");
    expect(await until(() => !pids.some(isAlive))).toBe(true);
    expect(await ssh.run("power", over.signal)).toMatchObject({ fault: "the time was over", output: "" });
  });

  test("when this process alone is killed, ssh ends with the time of its call", async () => {
    const { box, folders } = client(server, "hang");
    const code = `
      import { createSystemClock } from "$src/adapters/processes/clock-system.ts";
      import { createSshClient } from "$src/fence-agents/ssh/client.ts";
      const login = { kind: "password", password: process.env.PW };
      const target = { address: "${box.address}", port: 22, user: "root", login, legacy: false };
      const context = { clock: createSystemClock(), environment: process.env, self: ["${server.askpass}"], pins: "${folders.pins}" };
      await createSshClient(target, context, 1_500).run("power", new AbortController().signal);`;
    const child = startProgram(scratch, "killed", code, { ...server.environment(), PW: PASSWORD });
    expect(await until(() => box.read("asked") !== "", 20_000)).toBe(true);
    child.kill("SIGKILL");
    await child.exited;
    const left = processesWith(folders.pins);
    expect(await until(() => !left.some(isAlive), 6_000)).toBe(true);
  });

  test("endless output is cut, and its ssh ended at once", async () => {
    const { ssh, folders } = client(server, "flood");
    const { output, fault } = await ssh.run("power", never());
    expect(output.length).toBe(64_000);
    expect(fault).toBe("it said more than any answer is long");
    expect(await until(() => processesWith(folders.pins).length === 0)).toBe(true);
  });

  test("no ssh on this machine", async () => {
    const folders = new AgentFolders(server, "ILO", {});
    const bare = { ...contextFor(server, folders), environment: { PATH: server.folder.at("nothing") } };
    const login = { kind: "password", password: PASSWORD } as const;
    const target = { address: "127.0.0.1", port: 22, user: "root", login, legacy: false };
    expect((await createSshClient(target, bare).run("power", never())).fault).toContain(
      "ssh could not be run",
    );
  });
});

test("maskDevice: words of the device come without the password, on one line, and cut", async () => {
  const device = maskDevice(
    {
      name: "iLO",
      settleMs: 0,
      read: async () => ({ kind: "unknown", why: `it said: \u001b[2J\n${PASSWORD}!${"x".repeat(500)}` }),
      switchPower: async () => ({ kind: "refused", why: PASSWORD }),
    },
    PASSWORD,
  );
  const reading = await device.read(never());
  expect(reading).toEqual({ kind: "unknown", why: expect.stringMatching(/^it said: {2}\[2J \*{8}!x+$/) });
  expect("why" in reading && reading.why.length).toBe(400);
  expect(await device.switchPower("off", never())).toEqual({ kind: "refused", why: "********" });
});
