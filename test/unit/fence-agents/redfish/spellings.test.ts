import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import type { OpenDevice } from "../../../../src/fence-agents/method.ts";
import { openRedfishWithin } from "../../../../src/fence-agents/redfish/open-redfish.ts";
import { FilePower } from "../../../tools/devices/power.ts";
import { makeCertificate } from "../../../tools/devices/redfish/certificate.ts";
import { type Dials, plainDials } from "../../../tools/devices/redfish/dials.ts";
import { ERRORS } from "../../../tools/devices/redfish/errors.ts";
import { RedfishServer } from "../../../tools/devices/redfish-server.ts";
import { AgentFolder, FIRST_WORD, HOST, PASSWORD, play } from "../ipmi/agent-play.ts";

setDefaultTimeout(60_000);
const ADDRESS = "127.0.0.1";
const UUID = "38947555-7742-3448-3784-823347823834";
const SWAPPED = "55759438-4277-4834-3784-823347823834";
const folder = new AgentFolder("REDFISH");
const powerFile = folder.scratch.at("power");
const SYSTEM = { id: "1", uuid: UUID, power: new FilePower(powerFile) };
const SECOND = {
  id: "2",
  uuid: "48947555-7742-3448-3784-823347823834",
  power: new FilePower(folder.scratch.at("power-2")),
};
let server: RedfishServer;

const open: OpenDevice = (request, context) => openRedfishWithin(5_000, request, context);
const stop = (over?: typeof FIRST_WORD) => play(open, folder, "stop", {}, over);
const power = () => readFileSync(powerFile, "utf8").trim();
const posts = () => server.seen.filter(({ method }) => method === "POST");
const list = (system: string) =>
  folder.write("REDFISH.hosts", `${HOST}:${ADDRESS}:${server.port}${system}\n`);

beforeAll(() => {
  mkdirSync(folder.scratch.at("certificates"));
  const certificate = makeCertificate(folder.scratch.at("certificates"), "bmc", ADDRESS);
  server = new RedfishServer({
    ...{ address: ADDRESS, port: 0, user: "admin", password: PASSWORD },
    ...{ certificate, systems: [SYSTEM] },
  });
});
afterAll(async () => await server.stop());
beforeEach(() => {
  folder.scratch.write("power", "on\n");
  folder.scratch.write("power-2", "on\n");
  list("");
});
afterEach(() => {
  server.dials = plainDials();
  server.systems = [SYSTEM];
  server.seen.length = 0;
});

describe("an answer, however it is packed", () => {
  const encodings: readonly Dials["encoding"][] = [
    ...(["gzip", "x-gzip", "deflate", "deflate-raw", "br", "zstd"] as const),
    ...(["gzip-untold", "gzip-told", "gzip-twice"] as const),
  ];
  test.each(encodings)("%s: read, although it was not asked for", async (encoding) => {
    server.dials.encoding = encoding;
    expect(await stop()).toMatchObject({ ok: true, said: [] });
    expect(power()).toBe("off");
  });

  test("a way that nobody knows is named", async () => {
    server.dials.encoding = "compress";
    expect((await stop(FIRST_WORD)).says).toContain(
      "its answer is encoded in a way that is not known: compress",
    );
  });

  test("100 MB in 100 KB: refused before they are in the memory", async () => {
    server.dials.encoding = "bomb";
    const before = process.memoryUsage().rss;
    expect((await stop(FIRST_WORD)).says).toContain(
      "its answer is longer than 500000 bytes when it is unpacked",
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  });

  test.each(["utf-8", "utf-16le", "utf-16be"] as const)(
    "a byte order mark of %s is no part of it",
    async (mark) => {
      server.dials.mark = mark;
      expect(await stop()).toMatchObject({ ok: true, said: [] });
    },
  );

  test("zero bytes at its end are no part of it", async () => {
    server.dials.tail = "\0\0";
    expect(await stop()).toMatchObject({ ok: true, said: [] });
  });
});

describe("a list of systems, however it counts", () => {
  const kinds: readonly Dials["collection"][] = ["count-0", "count-text", "single", "twice", "paged"];
  test.each(kinds)("%s: the only system is found", async (collection) => {
    server.dials.collection = collection;
    expect(await stop()).toMatchObject({ ok: true, said: [] });
  });

  const named: readonly Dials["collection"][] = [
    "count-0",
    "count-high",
    "odd",
    "twice",
    "paged",
    "paged-for-ever",
  ];
  test.each(named)("%s: of two, the one that is named is found", async (collection) => {
    server.systems = [SECOND, SYSTEM];
    server.dials.collection = collection;
    list("/1");
    expect(await stop()).toMatchObject({ ok: true });
    expect([power(), readFileSync(folder.scratch.at("power-2"), "utf8")]).toEqual(["off", "on\n"]);
  });

  const unsure: readonly (readonly [Dials["collection"], string])[] = [
    ["count-high", "it says that it has 2 systems, and lists 1; say which it is in REDFISH.hosts"],
    ["odd", "1 of the entries of its list of systems cannot be read; say which it is"],
    ["paged-for-ever", "its list of systems has no end; say which it is"],
  ];
  test.each(unsure)(
    "%s: where none is named, one that is not seen may be the right one",
    async (collection, why) => {
      server.dials.collection = collection;
      const end = await stop(FIRST_WORD);
      expect(end).toMatchObject({ ok: false, says: expect.stringContaining(why) });
      expect(posts()).toEqual([]);
    },
  );

  test("paged: two systems, of which none is named, are not taken for one", async () => {
    server.systems = [SYSTEM, SECOND];
    server.dials.collection = "paged";
    expect((await stop(FIRST_WORD)).says).toContain("it has 2 systems");
    expect(posts()).toEqual([]);
  });
});

describe("a system by its UUID, however that is written", () => {
  const identities: readonly Dials["identity"][] = ["right", "swapped", "bare", "capitals", "braces"];
  const wanted = [UUID, UUID.toUpperCase(), UUID.replaceAll("-", ""), SWAPPED];
  for (const identity of identities)
    for (const name of wanted)
      test(`${identity}, named ${name}`, async () => {
        server.systems = [SECOND, SYSTEM];
        server.dials.identity = identity;
        list(`/${name}`);
        expect(await stop()).toMatchObject({ ok: true, said: [] });
        expect([power(), readFileSync(folder.scratch.at("power-2"), "utf8")]).toEqual(["off", "on\n"]);
      });

  test("missing while it is off: it was proved before the order, so the fence works, and it is told", async () => {
    server.dials.identity = "hidden-while-off";
    list(`/${UUID}`);
    const end = await stop();
    expect(end).toMatchObject({ ok: true, says: expect.stringContaining("the host is off") });
    expect(end.said).toEqual([
      `Redfish ${ADDRESS}:${server.port}/${UUID}: it tells no UUID now; before the order it was ${UUID}, at the same place`,
    ]);
    expect(power()).toBe("off");
  });

  test("missing while it is off, and a busy moment in between: it is not looked for anew", async () => {
    server.dials.identity = "hidden-while-off";
    list(`/${UUID}`);
    server.dials.refusal = { status: 503, method: "POST", times: 1 };
    const running = stop();
    expect(await running).toMatchObject({ ok: true });
    expect(posts()).toHaveLength(2);
  });

  test("off before anybody looked, and no UUID: no success, and it says how to name it", async () => {
    folder.scratch.write("power", "off\n");
    server.dials.identity = "hidden-while-off";
    list(`/${UUID}`);
    const end = await stop(FIRST_WORD);
    expect(end.ok).toBe(false);
    expect(end.says).toContain(
      `it cannot be told whether it is system ${UUID}: it tells no UUID while it is off; it has Id 1 UUID ?. Name the system by its Id in REDFISH.hosts`,
    );
    list("/1");
    expect(await stop()).toMatchObject({ ok: true });
  });

  test.each(["hidden", "zeros"] as const)("%s: no UUID is nobody's", async (identity) => {
    server.dials.identity = identity;
    list("/00000000-0000-0000-0000-000000000000");
    expect(await stop(FIRST_WORD)).toMatchObject({ ok: false });
    list(`/${UUID}`);
    const end = await stop(FIRST_WORD);
    expect(end.says).toContain("it tells no UUID; it has Id 1 UUID ?");
    expect(posts()).toEqual([]);
  });

  test("another UUID after the order: another machine, whatever it says of its power", async () => {
    list("");
    const swapping: OpenDevice = (request, context) => {
      const real = open(request, context);
      if (typeof real === "string") return real;
      const switchPower = async () => {
        server.systems = [{ ...SECOND, id: "1" }];
        folder.scratch.write("power-2", "off\n");
        return { kind: "accepted" as const };
      };
      return { name: real.name, settleMs: 0, switchPower, read: (signal) => real.read(signal) };
    };
    const end = await play(swapping, folder, "stop", {}, FIRST_WORD);
    expect(end.ok).toBe(false);
    expect(end.says).toContain(
      `it is another machine now: Id 1 UUID ${SECOND.uuid}, it was Id 1 UUID ${UUID}`,
    );
  });
});

describe("an error, however it is spelt", () => {
  const id = "iLO.2.15.ResetInProgress";
  const text = "A reset is under way.";
  const rows: readonly (readonly [keyof typeof ERRORS, string])[] = [
    ["ID", id],
    ["object", text],
    ["bare", text],
    ["old", id],
    ["page", `${text} lighttpd`],
  ];
  test.each(rows)("%s", async (spelling, shown) => {
    server.dials.refusal = { status: 409, method: "POST", times: 1_000, body: ERRORS[spelling](id, text) };
    const end = await stop(FIRST_WORD);
    expect(end.says).toContain(
      `the command was refused (something else is under way on it (HTTP 409: ${shown}))`,
    );
  });

  test("a locked account, and a password that must be changed, are causes of their own", async () => {
    const refused = (status: number, name: string, words: string) => {
      server.dials.refusal = { status, method: "POST", times: 1, body: ERRORS.object(name, words) };
      return stop();
    };
    expect(
      (await refused(401, "Base.1.0.AccessDenied", "The account is locked out for 300 s.")).says,
    ).toContain(
      "the account admin is locked; unlock it on the controller, or wait until it does (HTTP 401: The account",
    );
    expect((await refused(403, "iLO.2.8.LoginAttemptDelayed", "")).says).toContain(
      "the account admin is locked",
    );
    expect((await refused(403, "Base.1.5.PasswordChangeRequired", "")).says).toContain(
      "the password of admin must be changed first; log in to the controller",
    );
    expect((await refused(403, "Base.1.5.InsufficientPrivilege", "No.")).says).toContain(
      "the user admin may not do this; it needs the right to switch power (HTTP 403: No.)",
    );
    expect(posts()).toHaveLength(4);
  });

  test("a controller that takes no Basic authentication says so in its header", async () => {
    const headers = { "WWW-Authenticate": 'X-Auth-Token realm="Redfish"' };
    server.dials.refusal = { status: 401, method: "POST", times: 1, headers };
    expect((await stop()).says).toContain(
      "wrong user or password of admin, or HTTP Basic authentication is off on the controller: switch it on (HTTP 401)",
    );
  });
});
