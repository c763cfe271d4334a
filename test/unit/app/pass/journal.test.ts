import { expect, test } from "bun:test";
import { type KeptRound, keepRound, writeJournal } from "../../../../src/app/pass/journal.ts";
import type { PassPorts } from "../../../../src/app/pass/pass-ports.ts";
import { withoutSecrets } from "../../../../src/config/pool-keys.ts";
import type { PoolView } from "../../../../src/core/model/pool-view.ts";
import type { StateName } from "../../../../src/ports/state-store.ts";
import { restedPool, SECOND } from "../../../simulated/pool/stage.ts";
import { ALIVE, database, haltedVm, host, hostView, three, vm } from "../../core/fixtures.ts";

const SECRET = "s3cret-of-the-bmc";
const DOCUMENTS: readonly StateName[] = ["memory", "journal", "pass"];

test("withoutSecrets: passwords are masked, also under names that are no parameter's", () => {
  const given = {
    HA_FENCE_PASSWD: "a",
    HA_SMTP_PASS: "b",
    HA_FENCE_METHOD: "ILO",
    ha_fence_passwd: "c",
    "other-token": "d",
    HA_SMTP_USER: "",
  };
  expect(withoutSecrets(given)).toEqual({
    HA_FENCE_PASSWD: "********",
    HA_SMTP_PASS: "********",
    HA_FENCE_METHOD: "ILO",
    ha_fence_passwd: "********",
    "other-token": "********",
    HA_SMTP_USER: "",
  });
});

test("what a host writes down about a failover has every view and no password", async () => {
  const pool = await restedPool(3, { params: { FENCE_PASSWD: SECRET, SMTP_PASS: SECRET } });
  pool.power(3, false);
  await pool.run(200 * SECOND);
  const written = DOCUMENTS.map((name) => pool.disk(1).documents.get(name) ?? "");
  expect(written[1]).toContain('"HA_FENCE_PASSWD":"********"');
  expect(written.filter((text) => text.includes(SECRET))).toEqual([]);
});

/** A view of a pool with so many halted VMs, each with so many bytes of other people's text. */
function bigView(vms: number, bytes = 200): PoolView {
  const otherConfig = { note: "x".repeat(bytes), "their-password": SECRET };
  const names = Array.from(
    { length: vms },
    (_, at) => `${String(at).padStart(8, "0")}-1111-4111-8111-111111111111`,
  );
  const [first = hostView(host(1)), ...hosts] = three();
  const halted = names.map((name) => haltedVm(name, { otherConfig }));
  return {
    nowMs: 1,
    wallMs: 1,
    self: {
      uuid: host(1),
      role: { kind: "master" },
      bootId: "boot",
      initCompleteAtMs: 0,
      domains: names.map(vm),
      xapiAnswers: true,
      heldSinceMs: null,
      blockedRoutes: [],
    },
    database: { ok: true, value: database([{ ...first, otherConfig }, ...hosts], { halted }) },
    probes: new Map([[host(2), ALIVE()]]),
    hearing: "unknown",
    runs: new Map(),
    differing: [],
    stops: new Map(),
    heuristics: "not-asked",
    inventory: null,
    fencingResumedAtMs: null,
  };
}
const roundOf = (view: PoolView) => ({ view, reasons: [], actions: [], outcomes: [] });
const sizeOf = (value: unknown) => JSON.stringify(value).length;

test.each([
  ["1,006 VMs", bigView(1_006)],
  ["5,000 VMs", bigView(5_000)],
  ["VMs with a megabyte of notes each", bigView(3, 1_000_000)],
  ["a pool map of 100,000 keys", withPoolKeys(100_000)],
])("keepRound: %s cost no more than any others, and a password nothing", (_, view) => {
  const journal: KeptRound[] = [];
  keepRound(journal, roundOf(view));
  expect(sizeOf(journal)).toBeLessThan(41_000);
  expect(sizeOf(journal)).toBeGreaterThan(500);
  expect(JSON.stringify(journal)).not.toContain(SECRET);
});

function withPoolKeys(count: number): PoolView {
  const view = bigView(1);
  if (!view.database.ok) throw new Error("no database");
  const { pool } = view.database.value;
  const otherConfig = Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${at}`, "x"]));
  const value = { ...view.database.value, pool: { ...pool, otherConfig } };
  return { ...view, database: { ok: true, value } };
}

test("keepRound: a small pool's round is kept whole", () => {
  const journal: KeptRound[] = [];
  keepRound(journal, roundOf(bigView(20)));
  expect(JSON.stringify(journal).match(/"startDelayS"/g)?.length).toBe(20);
  expect(JSON.stringify(journal)).not.toContain("more");
});

test("keepRound: a long pass keeps its last rounds, and of the others what was done", () => {
  const journal: KeptRound[] = [];
  const action = { kind: "sync-database" } as const;
  for (let round = 0; round < 600; round++)
    keepRound(journal, { ...roundOf(bigView(1_006)), actions: [action as never] });
  expect(journal.filter(({ record }) => record !== null).length).toBe(40);
  expect(journal.flatMap(({ actions }) => actions).length).toBe(600);
});

test("writeJournal: the file is bounded, whatever the pool, however many passes, whatever stood there before", async () => {
  let document: unknown = Array.from({ length: 10 }, () => ({ rounds: ["y".repeat(400_000)] }));
  const ports = {
    clock: { wallMs: () => 0 },
    store: {
      load: async () => ({ kind: "found", value: document }),
      save: async (_: string, value: unknown) => {
        document = JSON.parse(JSON.stringify(value));
      },
    },
  } as unknown as PassPorts;
  for (let pass = 0; pass < 60; pass++) {
    const journal: KeptRound[] = [];
    for (let round = 0; round < 8; round++) keepRound(journal, roundOf(bigView(1_006)));
    await writeJournal(ports, journal);
    expect(sizeOf(document)).toBeLessThan(520_000);
  }
  const entries = document as { rounds: unknown[] }[];
  expect(entries.length).toBeGreaterThan(1);
  expect(entries.at(-1)?.rounds.length).toBeGreaterThan(3);
});

test("writeJournal: of many small passes the last two hundred", async () => {
  let document: unknown = [];
  const ports = {
    clock: { wallMs: () => 0 },
    store: {
      load: async () => ({ kind: "found", value: document }),
      save: async (_: string, value: unknown) => {
        document = value;
      },
    },
  } as unknown as PassPorts;
  for (let pass = 0; pass < 205; pass++) await writeJournal(ports, [{ actions: [], record: { pass } }]);
  const entries = document as { rounds: { pass: number }[] }[];
  expect([entries.length, entries[0]?.rounds[0]?.pass]).toEqual([200, 5]);
});
