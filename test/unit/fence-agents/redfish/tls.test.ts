import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { OpenDevice } from "../../../../src/fence-agents/method.ts";
import { openRedfishWithin } from "../../../../src/fence-agents/redfish/open-redfish.ts";
import { explainConnection } from "../../../../src/fence-agents/redfish/tls-words.ts";
import { FilePower } from "../../../tools/devices/power.ts";
import { type Certificate, makeCertificate } from "../../../tools/devices/redfish/certificate.ts";
import { RedfishServer } from "../../../tools/devices/redfish-server.ts";
import { PATH, processesWith, until } from "../../adapters/scratch.ts";
import { AgentFolder, FIRST_WORD, HOST, PASSWORD, play, type Settings } from "../ipmi/agent-play.ts";

setDefaultTimeout(60_000);
const ADDRESS = "127.0.0.1";
const FRONT = resolve(import.meta.dir, "../../../tools/devices/redfish/tls-front.mjs");
const NODE = Bun.which("node");
const folder = new AgentFolder("REDFISH");
const certificates = folder.scratch.at("certificates");
const powerFile = folder.scratch.at("power");
const open: OpenDevice = (request, context) => openRedfishWithin(8_000, request, context);
const power = () => readFileSync(powerFile, "utf8").trim();
const fronts: Bun.Subprocess<"pipe", "pipe", "inherit">[] = [];
let certificate: Certificate;
let service: RedfishServer;

/** A controller with this TLS; returns its port. */
async function serve(program: string, options: object): Promise<number> {
  const front = Bun.spawn([program, FRONT, certificates, String(service.port), JSON.stringify(options)], {
    env: { PATH },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  fronts.push(front);
  const { value } = await front.stdout.getReader().read();
  return Number(new TextDecoder().decode(value));
}

async function stop(port: number, conf: string, settings: Settings = {}, over?: typeof FIRST_WORD) {
  folder.write("REDFISH.hosts", `${HOST}:${ADDRESS}:${port}\n`);
  folder.write("REDFISH.conf", conf);
  return await play(open, folder, "stop", settings, over);
}

beforeAll(() => {
  mkdirSync(certificates);
  certificate = makeCertificate(certificates, "redfish", ADDRESS);
  service = new RedfishServer({
    ...{ address: ADDRESS, port: 0, user: "admin", password: PASSWORD, certificate },
    systems: [{ id: "1", uuid: "38947555-7742-3448-3784-823347823834", power: new FilePower(powerFile) }],
  });
});
afterAll(async () => {
  for (const front of fronts) front.kill("SIGKILL");
  await service.stop();
});
beforeEach(() => {
  folder.scratch.write("power", "on\n");
  service.seen.length = 0;
  rmSync(folder.pins, { recursive: true, force: true });
});

const OLD_TLS = { minVersion: "TLSv1", maxVersion: "TLSv1.1" };
const OLD_SUITES = {
  maxVersion: "TLSv1.2",
  // For the curve of the test's certificate; and of nobody's library but OpenSSL's.
  ciphers: "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0",
};
const CURE =
  "it has no TLS version or cipher suite that is offered; for an old controller write LEGACY_TLS=1 into REDFISH.conf";

describe("a controller that knows only TLS 1.0 and 1.1", () => {
  test("is refused with the cure, at once", async () => {
    const end = await stop(await serve(process.execPath, OLD_TLS), "");
    expect(end.says).toContain(`${CURE}, or update its firmware (TLS: protocol version)`);
    expect(end.said).toHaveLength(1);
  });

  test("is spoken to with LEGACY_TLS=1", async () => {
    expect(await stop(await serve(process.execPath, OLD_TLS), "LEGACY_TLS=1")).toMatchObject({ ok: true });
    expect(power()).toBe("off");
  });
});

describe.skipIf(NODE === null)("a controller whose cipher suites only OpenSSL has", () => {
  const serveOld = () => serve(NODE ?? "", OLD_SUITES);

  test("is refused with the cure, at once", async () => {
    expect((await stop(await serveOld(), "")).says).toContain(
      `${CURE}, or update its firmware (TLS: handshake failure)`,
    );
  });

  test("is spoken to by openssl with LEGACY_TLS=1, and its certificate is pinned", async () => {
    const port = await serveOld();
    expect(await stop(port, "LEGACY_TLS=1")).toMatchObject({ ok: true, said: [] });
    expect(power()).toBe("off");
    const pin = readFileSync(`${folder.pins}/redfish-127.0.0.1%3A${port}`, "utf8");
    expect(pin).toContain(certificate.fingerprint);
    expect(await until(() => processesWith(`s_client`).length === 0)).toBe(true);
  });

  test("another certificate than the pinned one: nothing is sent", async () => {
    const port = await serveOld();
    const pin = `# pinned\n${"AB:".repeat(31)}AB\n`;
    folder.scratch.write(`etc/ha-lizard/state/fence-pins/redfish-127.0.0.1%3A${port}`, pin, 0o600);
    const end = await stop(port, "LEGACY_TLS=1");
    expect(end.says).toContain("its certificate is not the one that line 2 of");
    expect(service.seen).toEqual([]);
  });

  test("CA_FILE: openssl checks the certificate, and nothing is sent before", async () => {
    const port = await serveOld();
    expect(await stop(port, `LEGACY_TLS=1\nCA_FILE=${certificate.certPath}`)).toMatchObject({ ok: true });
    service.seen.length = 0;
    const stranger = makeCertificate(certificates, "stranger", ADDRESS);
    const end = await stop(port, `LEGACY_TLS=1\nCA_FILE=${stranger.certPath}`);
    expect(end.says).toContain(`its certificate cannot be verified with ${stranger.certPath}: verify error`);
    expect(service.seen).toEqual([]);
  });

  test("without openssl it says that even the option does not help", async () => {
    const end = await stop(await serveOld(), "LEGACY_TLS=1", { PATH: folder.scratch.at("nothing") });
    expect(end.says).toContain(
      "it has no TLS version or cipher suite that this host has, even with LEGACY_TLS=1; update its firmware, or use FENCE_METHOD=IPMI",
    );
  });

  test("nothing in common with openssl either: the same", async () => {
    folder.scratch.script(
      "bin/openssl",
      `[ "$1" = version ] && exec echo OpenSSL 3.0; ${REFUSED} >&2; exit 1`,
    );
    const end = await stop(await serveOld(), "LEGACY_TLS=1", { PATH: `${folder.scratch.at("bin")}:${PATH}` });
    expect(end.says).toContain("even with LEGACY_TLS=1; update its firmware");
    expect(end.says).toContain("(TLS: handshake failure)");
  });

  test("an openssl that hangs ends with the request", async () => {
    folder.scratch.script("bin/openssl", `[ "$1" = version ] && exec echo OpenSSL 3.0; exec sleep 60.71875`);
    const quick: OpenDevice = (request, context) => openRedfishWithin(1_500, request, context);
    const port = await serveOld();
    folder.write("REDFISH.hosts", `${HOST}:${ADDRESS}:${port}\n`);
    folder.write("REDFISH.conf", "LEGACY_TLS=1");
    const settings = { PATH: `${folder.scratch.at("bin")}:${PATH}` };
    expect((await play(quick, folder, "status", settings, FIRST_WORD)).says).toContain(
      "no answer within 1.5 s",
    );
    expect(await until(() => processesWith("60.71875").length === 0)).toBe(true);
  });
});

const REFUSED =
  "echo '40A7:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../ssl/record/rec.c:1584:SSL alert number 40'";

describe("explainConnection", () => {
  const state = { port: 8_443, reached: true, legacyTls: false, authorities: null };
  const fault = (code: string, message = "") => Object.assign(new Error(message), { code });
  const rows: readonly (readonly [string, string, string, boolean])[] = [
    [
      "ECONNREFUSED",
      "",
      "it refuses connections at port 8443: no Redfish service there, or it is starting",
      false,
    ],
    [
      "ENOTFOUND",
      "",
      "its address cannot be found; see its line in REDFISH.hosts, and the name server",
      false,
    ],
    ["EAI_AGAIN", "", "its address cannot be found", false],
    ["EHOSTUNREACH", "", "it cannot be reached (EHOSTUNREACH): no power, or another network", false],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "", CURE, true],
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "", CURE, true],
    ["ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY", "", CURE, true],
    ["ERR_SSL_NO_SHARED_CIPHER", "", CURE, true],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "", CURE, true],
    ["", "error:1000042e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION", CURE, true],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "", "port 8443 does not speak TLS; write its HTTPS port", false],
    ["ERR_SSL_HTTP_REQUEST", "", "port 8443 does not speak TLS", false],
    [
      "ECONNRESET",
      "",
      "it broke off the TLS handshake; if that lasts, try LEGACY_TLS=1 in REDFISH.conf",
      false,
    ],
    ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", "", "it broke off the TLS handshake", false],
    ["", "something else", "no connection: something else", false],
  ];
  test.each(rows)("%s %s", (code, message, words, isFinal) => {
    const explained = explainConnection(fault(code, message), state);
    expect(explained.why).toStartWith(words);
    expect(explained.final).toBe(isFinal);
  });
});
