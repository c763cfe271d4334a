import { expect, test } from "bun:test";
import { sshArguments } from "../../../../src/adapters/ssh/command-line.ts";
import type { SshTarget } from "../../../../src/adapters/ssh/target.ts";

const PASSWORD = "s3cret";
const TARGET: SshTarget = {
  address: "fe80::1%eth0",
  port: 22,
  user: "root",
  login: { kind: "password", password: PASSWORD },
  legacy: false,
};
const HOST = { path: "/pins/fe80::1=eth0", name: "fe80::1%eth0", pinned: false };
const AVAILABLE = { kex: ["diffie-hellman-group1-sha1", "curve25519-sha256"], key: ["ssh-rsa"], cipher: [] };
const join = (target: SshTarget, host = HOST, command: string | null = "power") =>
  sshArguments(target, host, command, AVAILABLE).join(" ");

test("sshArguments: the password is not in them", () => {
  expect(join(TARGET)).not.toContain(PASSWORD);
});

test("sshArguments: nothing that came after OpenSSH 7.4", () => {
  expect(join({ ...TARGET, legacy: true })).not.toMatch(
    /accept-new|SSH_ASKPASS|PubkeyAcceptedAlgorithms|RequiredRSASize/,
  );
});

test("sshArguments: a key that is pinned is required, the first one is taken", () => {
  expect(join(TARGET)).toContain("StrictHostKeyChecking=no");
  expect(join(TARGET, { ...HOST, pinned: true })).toContain("StrictHostKeyChecking=yes");
});

test("sshArguments: a command needs no terminal, a session has one", () => {
  expect(join(TARGET)).toMatch(/ -T .* -l root fe80::1%eth0 power$/);
  expect(join(TARGET, HOST, null)).toMatch(/ -tt .* -l root fe80::1%eth0$/);
});

test("sshArguments: the port is the target's, and the key is kept under the name of the host", () => {
  expect(join(TARGET)).toContain("HostKeyAlias=fe80::1%eth0 ");
  expect(join(TARGET)).toContain(" -p 22 -l root ");
  const other = join({ ...TARGET, address: "ILO-7", port: 2_222 }, { ...HOST, name: "ilo-7:2222" });
  expect(other).toContain("HostKeyAlias=ilo-7:2222 ");
  expect(other).toMatch(/ -p 2222 -l root ILO-7 power$/);
});

test("sshArguments: a password is given in one way only, because each way is a login", () => {
  expect(join(TARGET)).toContain("PreferredAuthentications=password ");
  const asked = sshArguments(TARGET, HOST, null, AVAILABLE, "keyboard-interactive").join(" ");
  expect(asked).toContain("PreferredAuthentications=keyboard-interactive ");
  expect(asked).toContain("NumberOfPasswordPrompts=1 ");
});

test("sshArguments: old algorithms only on request, and of them those that this ssh has", () => {
  expect(join(TARGET)).not.toContain("+");
  const legacy = join({ ...TARGET, legacy: true });
  expect(legacy).toContain("KexAlgorithms=+diffie-hellman-group1-sha1 ");
  expect(legacy).toContain("HostKeyAlgorithms=+ssh-rsa ");
  expect(legacy).not.toContain("Ciphers");
});

test("sshArguments: with a key no password is tried, and none asked for", () => {
  const line = join({ ...TARGET, login: { kind: "key", path: "/root/ilo key" } });
  expect(line).toContain("BatchMode=yes");
  expect(line).toContain("IdentityAgent=none");
  expect(line).toContain('IdentityFile="/root/ilo key"');
  expect(line).toContain("PreferredAuthentications=publickey");
});
