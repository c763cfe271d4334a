import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { relative } from "node:path";
import type { OpenDevice } from "../../../../src/fence-agents/method.ts";
import { checkPin, pinPath } from "../../../../src/fence-agents/redfish/certificate-pins.ts";
import { openRedfishWithin } from "../../../../src/fence-agents/redfish/open-redfish.ts";
import { FilePower } from "../../../tools/devices/power.ts";
import { type Certificate, makeCertificate } from "../../../tools/devices/redfish/certificate.ts";
import { RedfishServer } from "../../../tools/devices/redfish-server.ts";
import { AgentFolder, HOST, PASSWORD, play } from "../ipmi/agent-play.ts";

const ADDRESS = "127.0.0.1";
const folder = new AgentFolder("REDFISH");
let pin = "";
const power = new FilePower(folder.scratch.at("power"));
const certificates = folder.scratch.at("certificates");
mkdirSync(certificates);
const first = makeCertificate(certificates, "first", ADDRESS);
const second = makeCertificate(certificates, "second", ADDRESS);
const authority = makeCertificate(certificates, "authority", "authority.example");
const signed = makeCertificate(certificates, "signed", ADDRESS, authority);
const signedForAnother = makeCertificate(certificates, "another", "192.0.2.99", authority);

let server: RedfishServer | null = null;
const open: OpenDevice = (request, context) => openRedfishWithin(5_000, request, context);
const SIX =
  readdirSync("/proc/net").includes("if_inet6") &&
  /^0{31}1 /m.test(readFileSync("/proc/net/if_inet6", "utf8"));
const status = () => play(open, folder, "status");

/** The service comes up, at the same port as before if there was one, with this certificate. */
async function serve(certificate: Certificate, address = ADDRESS): Promise<RedfishServer> {
  const port = server?.port ?? 0;
  await server?.stop();
  const login = { user: "admin", password: PASSWORD };
  const systems = [{ id: "1", uuid: "38947555-7742-3448-3784-823347823834", power }];
  server = new RedfishServer({ address, port, ...login, certificate, systems });
  const bracketed = address.includes(":") ? `[${address}]` : address;
  folder.write("REDFISH.hosts", `${HOST}:${bracketed}:${server.port}/1\n`);
  pin = pinPath(folder.pins, `${bracketed}:${server.port}`);
  return server;
}

function writePin(text: string, mode = 0o600): void {
  mkdirSync(folder.pins, { recursive: true });
  folder.scratch.write(relative(folder.scratch.path, pin), text, mode);
}

beforeEach(() => {
  folder.scratch.write("power", "on\n");
  folder.write("REDFISH.conf", "");
  rmSync(folder.pins, { recursive: true, force: true });
});
afterEach(async () => {
  await server?.stop();
  server = null;
});

describe("a certificate that nobody signed", () => {
  test("is pinned when it is first seen, in a file for root only", async () => {
    await serve(first);
    expect(await status()).toMatchObject({ ok: true, says: "on" });
    expect(readFileSync(pin, "utf8").split("\n").at(-2)).toBe(first.fingerprint);
    expect(statSync(pin).mode & 0o777).toBe(0o600);
    expect(statSync(folder.pins).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder.pins)).toEqual([`redfish-127.0.0.1%3A${server?.port}`]);
    expect(await status()).toMatchObject({ ok: true });
  });

  test("another one at the same address: nothing is sent, and it says which file to remove", async () => {
    await serve(first);
    await status();
    const impostor = await serve(second);
    const end = await play(open, folder, "stop");
    expect(end.ok).toBe(false);
    expect(end.says).toContain(`not the one that line 3 of ${pin} pins; it is ${second.fingerprint} now`);
    expect(end.says).toEndWith(`run: rm ${pin}`);
    expect(impostor.seen).toEqual([]);
    rmSync(pin);
    expect(await status()).toMatchObject({ ok: true });
  });

  test("one that changes in the middle of a fence", async () => {
    await serve(first);
    const device = await play(
      (request, context) => {
        const real = open(request, context);
        if (typeof real === "string") return real;
        const { name, settleMs } = real;
        const switchPower = async () => {
          await serve(second);
          return { kind: "accepted" as const };
        };
        return { name, settleMs, switchPower, read: (signal) => real.read(signal) };
      },
      folder,
      "stop",
    );
    expect(device.says).toContain("and its power state is unknown: its certificate is not the one");
  });

  test("a fingerprint that an administrator wrote down is as good, in any case", async () => {
    await serve(first);
    writePin(`${first.fingerprint.toLowerCase()}\n`);
    expect(await status()).toMatchObject({ ok: true });
    await serve(second);
    expect((await status()).says).toContain("line 1 of");
  });

  const bad: readonly (readonly [string, string, number, string])[] = [
    ["empty", "\n", 0o600, "is damaged"],
    ["cut short", "AB:CD", 0o600, "is damaged"],
    ["with two fingerprints", `${first.fingerprint}\n${second.fingerprint}\n`, 0o600, "is damaged"],
    ["that others may write", `${first.fingerprint}\n`, 0o666, "others may write it"],
  ];
  for (const [what, text, mode, words] of bad)
    test(`a pin ${what} trusts nobody`, async () => {
      const seen = (await serve(first)).seen;
      writePin(text, mode);
      expect((await status()).says).toContain(words);
      expect(seen).toEqual([]);
    });

  test("when it cannot be kept, nothing is sent", async () => {
    folder.scratch.write("etc/ha-lizard/state/fence-pins", "a file where the folder should be");
    const seen = (await serve(first)).seen;
    expect((await status()).says).toContain(`Cannot read ${pin}: a part of its path is no folder`);
    expect(seen).toEqual([]);
  });

  test.skipIf(!SIX)("an IPv6 address is one like any other", async () => {
    const { port } = await serve(first, "::1");
    expect(await play(open, folder, "stop")).toMatchObject({
      ok: true,
      says: `Redfish [::1]:${port}/1: the host is off`,
    });
    expect(readdirSync(folder.pins)).toEqual([`redfish-%5B%3A%3A1%5D%3A${port}`]);
  });

  test("two agents that see two certificates first: one of them is right", async () => {
    const answers = await Promise.all(
      [first, second].map(({ fingerprint }) => checkPin(folder.pins, "2001:DB8::7", fingerprint)),
    );
    expect(answers.filter((answer) => answer === null).length).toBe(1);
    expect(readdirSync(folder.pins)).toEqual(["redfish-2001%3Adb8%3A%3A7"]);
  });
});

describe("CA_FILE", () => {
  beforeEach(() => void folder.write("REDFISH.conf", `CA_FILE=${authority.certPath}\n`));

  test("a certificate that it signed for this address is good, and none is pinned", async () => {
    await serve(signed);
    expect(await status()).toMatchObject({ ok: true, says: "on" });
    expect(existsSync(folder.pins)).toBe(false);
  });

  test("so it is in a bundle of many", async () => {
    const bundle = [second, first, authority].map(({ certPath }) => readFileSync(certPath, "utf8")).join("");
    folder.write("REDFISH.conf", `CA_FILE=${folder.write("bundle.pem", bundle)}\n`);
    await serve(signed);
    expect(await status()).toMatchObject({ ok: true });
  });

  for (const [what, certificate] of [
    ["signed by nobody", first],
    ["signed for another address", signedForAnother],
  ] as const)
    test(`one ${what}: nothing is sent`, async () => {
      const seen = (await serve(certificate)).seen;
      expect((await status()).says).toContain(
        `its certificate cannot be verified with ${authority.certPath}: `,
      );
      expect(seen).toEqual([]);
    });

  test("a file that is not there, or has no certificate, is told before anybody is asked", async () => {
    const seen = (await serve(signed)).seen;
    folder.write("REDFISH.conf", "CA_FILE=/nowhere.pem\n");
    expect((await status()).says).toStartWith("Cannot read /nowhere.pem");
    folder.write("REDFISH.conf", `CA_FILE=${folder.write("empty.pem", "nothing")}\n`);
    expect((await status()).says).toContain("it has no certificate in PEM");
    folder.write(
      "REDFISH.conf",
      `CA_FILE=${folder.write("garbage.pem", "-----BEGIN CERTIFICATE-----\nx\n")}\n`,
    );
    expect((await status()).says).toContain("its certificate cannot be verified with");
    folder.write("REDFISH.conf", "VERIFY=no\n");
    expect((await status()).says).toContain("VERIFY is no option; there are CA_FILE, LEGACY_TLS");
    expect(seen).toEqual([]);
  });
});
