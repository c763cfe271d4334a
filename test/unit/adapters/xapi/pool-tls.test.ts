import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPoolTls } from "../../../../src/adapters/xapi/pool-tls.ts";
import type { XapiResult } from "../../../../src/core/model/pool-view.ts";
import { type Certificate, makeCertificate, readTls } from "../../../tools/devices/redfish/certificate.ts";
import { never } from "./fixtures.ts";

setDefaultTimeout(60_000);
const SECRET = "c0ffee00-0000-0000-0000-000000000000/11111111-2222-3333-4444-555555555555";
const folder = mkdtempSync(join(tmpdir(), "ha-lizard-pool-tls-"));
const at = (name: string) => join(folder, name);
const names = ["pool", "other", "people", "child"] as const;
const made = new Map<string, Certificate>();
let server: Bun.Server<undefined> | null = null;
/** Instead of its error. */
let says: ((id: number) => Response) | null = null;
/** What came over it, decrypted. */
let seen: string[] = [];

beforeAll(() => {
  for (const name of names.slice(0, 3)) made.set(name, makeCertificate(folder, name, name));
  made.set("child", makeCertificate(folder, "child", "pool", made.get("pool")));
});
afterAll(async () => {
  await server?.stop(true);
  rmSync(folder, { recursive: true });
});

const textOf = (name: string) => readFileSync(at(`${name}.crt`), "utf8");

/** A host that shows one certificate to whom asks for the pool's, as its stunnel does, and another one to people. */
async function serve(forPool: (typeof names)[number]): Promise<number> {
  await server?.stop(true);
  seen = [];
  const tls = [
    ["people", "people"],
    ["pool", forPool],
  ].map(([serverName = "", name = ""]) => ({ serverName, ...readTls(made.get(name) as Certificate) }));
  server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0, tls },
    fetch: async (request) => {
      const body = await request.text();
      seen.push(body);
      const { id } = JSON.parse(body);
      if (says !== null) return says(id);
      return Response.json({ jsonrpc: "2.0", error: { code: 1, message: "REFUSED", data: [SECRET] }, id });
    },
  });
  return server.port ?? 0;
}

interface Files {
  readonly bundle?: string | null;
  readonly secret?: string | null;
  readonly mode?: number;
}

/** One call, with the pool secret in it, to a host that this one has in its bundle, or not. */
async function call(port: number, { bundle = textOf("pool"), secret = SECRET, mode = 0o600 }: Files = {}) {
  for (const [name, text] of [["bundle", bundle] as const, ["secret", secret] as const]) {
    rmSync(at(name), { force: true });
    if (text !== null) writeFileSync(at(name), text);
  }
  if (bundle !== null) chmodSync(at("bundle"), mode);
  const paths = { bundlePath: at("bundle"), secretPath: at("secret") };
  const way = await createPoolTls({ ...paths, mask: (text) => text, port })("127.0.0.1");
  if (!way.ok) return way;
  return way.value.transport.call("session.slave_login", ["OpaqueRef:h2", way.value.secret], never());
}

const why = (result: XapiResult<unknown>): string =>
  result.ok || result.fault.kind === "timeout" || result.fault.kind === "api"
    ? "none"
    : result.fault.detail.replaceAll(folder, "");

describe("createPoolTls: the pool secret goes to a host of the pool alone", () => {
  test("to one that shows the pool's certificate, which it does for the name of the pool", async () => {
    const result = await call(await serve("pool"), { bundle: textOf("other") + textOf("pool") });
    expect(seen.length).toBe(1);
    expect(JSON.parse(seen[0] ?? "").params).toEqual(["OpaqueRef:h2", SECRET]);
    // XAPI repeats the parameters of a call in its errors.
    expect(result).toEqual({ ok: false, fault: { kind: "api", code: "REFUSED", params: ["***/***"] } });
  });

  test("nor is a part of it in a fault, wherever an answer is cut", async () => {
    const port = await serve("pool");
    for (const length of [60, 80, 100, 250, 280]) {
      says = (id) => new Response(`${"x".repeat(length)}${JSON.stringify({ id, said: SECRET })}`);
      const fault = JSON.stringify(await call(port));
      expect(fault).not.toContain(SECRET.slice(0, 8));
    }
    says = null;
  });

  const strangers = [
    ["with another certificate", "other"],
    ["with the one for people", "people"],
    ["with one that a host of the pool has signed", "child"],
  ] as const;
  for (const [title, certificate] of strangers)
    test(`not a byte to one ${title}`, async () => {
      const result = await call(await serve(certificate));
      expect(result.ok).toBe(false);
      expect(why(result)).not.toBe("none");
      expect(seen).toEqual([]);
    });

  const missing: readonly [string, Files, string][] = [
    ["no certificates, as before XCP-ng 8.3", { bundle: null }, "no certificates of the pool in /bundle"],
    ["no secret", { secret: null }, "no pool secret in /secret"],
    ["an empty secret", { secret: "\n" }, "no pool secret in /secret"],
    ["certificates that others may write", { mode: 0o666 }, "no certificates of the pool in /bundle"],
  ];
  for (const [title, files, expected] of missing)
    test(`${title}: no way`, async () => {
      const port = await serve("pool");
      expect(why(await call(port, files))).toBe(expected);
      expect(seen).toEqual([]);
    });

  test("no certificate in the file: nobody is believed", async () => {
    const port = await serve("pool");
    for (const bundle of ["", "no certificate\n", textOf("pool").replace(/[A-Za-z]{20}/, "A".repeat(20))])
      expect((await call(port, { bundle })).ok).toBe(false);
    expect(seen).toEqual([]);
  });
});
