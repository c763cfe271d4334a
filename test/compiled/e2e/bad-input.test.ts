import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { nothingRanTwice, passOfAll, STEP_MS, startSettledPool } from "./story.ts";
import { FalseXapi } from "./world/false-xapi.ts";
import type { Pool } from "./world/pool.ts";
import { holds } from "./world/wait.ts";

/** Several passes, and a slave's whole judgement on its master. */
const DOUBT_MS = 8_000;
const BOUND_MS = 4 * 60_000;

/** A VM of its own for each test: one that halts again and again is rightly left alone for a while. */
const VICTIMS = Array.from({ length: 9 }, (_, index) => `victim${index + 1}`);

/** A file that a host reads, spoilt in one way, and the line that must appear in its log. */
interface Spoilt {
  readonly what: string;
  readonly host: number;
  readonly path: string;
  readonly text: string;
  readonly says: RegExp;
}

const SPOILT: readonly Spoilt[] = [
  {
    what: "an empty pool.conf on the master",
    host: 1,
    path: "/etc/xensource/pool.conf",
    text: "",
    says: /pool\.conf/,
  },
  {
    what: "a partial pool.conf on a slave",
    host: 2,
    path: "/etc/xensource/pool.conf",
    text: "slave:",
    says: /pool\.conf/,
  },
  {
    what: "an inventory without its uuid on the master",
    host: 1,
    path: "/etc/xensource-inventory",
    text: "PRODUCT_BRAND='XCP-ng'\nINSTALLATION_UU",
    says: /inventory/,
  },
];

describe("bad input", () => {
  let pool: Pool;
  let used = 0;
  const nextVictim = () => VICTIMS[used++] ?? "none left";
  beforeAll(async () => {
    pool = await startSettledPool(VICTIMS.map((name) => ({ name, on: 2 })));
  }, BOUND_MS);
  afterAll(async () => {
    await pool.stop();
  }, 30_000);

  /** Runs `story`; the logs are shown when it fails, and nothing may ever have run twice. */
  async function told(story: () => Promise<void>): Promise<void> {
    try {
      await story();
      await nothingRanTwice(pool);
    } catch (error) {
      console.error(await pool.story());
      throw error;
    }
  }

  /** A complaint when anything was fenced or promoted, or a VM started since the log had `from` entries. */
  async function acted(from: number): Promise<string | null> {
    if (pool.controller.asked.length > 0) return `fence attempts: host ${pool.controller.asked.join(", ")}`;
    const started = (await pool.sim.log(from)).filter((entry) => entry["what"] === "domain-started");
    return started.length > 0 ? `started: ${JSON.stringify(started)}` : null;
  }

  /** While `spoil` holds a dead VM stays dead and the log says why; when `mend` is done it is started. */
  async function doubted(
    host: number,
    says: RegExp,
    spoil: () => Promise<void>,
    mend: () => Promise<void>,
  ): Promise<void> {
    const logFrom = (await pool.messages(host)).length;
    await spoil();
    await pool.untilLogged(host, says, STEP_MS, logFrom);
    const from = (await pool.sim.log(0)).length;
    if (host === 1) await pool.do({ verb: "vm", vm: nextVictim(), do: "crash" });
    await holds(DOUBT_MS, () => acted(from));
    await mend();
    await pool.untilRunning(pool.vmNames, STEP_MS);
  }

  for (const { what, host, path, text, says } of SPOILT) {
    test(
      `${what}: a log line, no action, and work goes on when it is mended`,
      () =>
        told(async () => {
          const good = (await pool.file(host, path)) ?? "";
          expect(good).not.toBe("");
          await doubted(
            host,
            says,
            () => pool.writeFile(host, path, text),
            () => pool.writeFile(host, path, good),
          );
        }),
      BOUND_MS,
    );
  }

  for (const [what, body] of [
    ["a web page", "<html><body>It works!</body></html>"],
    ["truncated JSON", '{"jsonrpc":"2.0","id":1,"result":{"OpaqueRef:1":{"uuid":"0'],
    ["records of wrong types", '{"jsonrpc":"2.0","id":1,"result":{"OpaqueRef:1":{"uuid":7,"master":[]}}}'],
    ["an empty object", "{}"],
  ] as const) {
    test(
      `XAPI answers with ${what}: a log line, no action, and work goes on when it is mended`,
      () =>
        told(async () => {
          const falseXapi = new FalseXapi(pool, 1, body);
          await doubted(
            1,
            /xapi/i,
            () => falseXapi.start(),
            () => falseXapi.stop(),
          );
        }),
      BOUND_MS,
    );
  }

  test(
    "a torn state file: a log line, the file kept beside, and a dead VM is started all the same",
    () =>
      told(async () => {
        const from = (await pool.messages(1)).length;
        // A running iteration would replace the file before it is read.
        await pool.on(1, "/etc/init.d/ha-lizard", "stop");
        await pool.writeFile(1, "/etc/ha-lizard/state/memory.json", '{"hosts": {"0000');
        await pool.on(1, "rm", "/run/ha-lizard/state/recent-memory.json");
        await pool.on(1, "/etc/init.d/ha-lizard", "start");
        await pool.untilLogged(1, /memory/, STEP_MS, from);
        const kept = await pool.on(1, "ls", "/etc/ha-lizard/state");
        expect(kept).toMatch(/memory\.json\.\S+/);
        const victim = nextVictim();
        await pool.do({ verb: "vm", vm: victim, do: "crash" });
        await pool.untilStartedAgain(victim, STEP_MS);
      }),
    BOUND_MS,
  );

  test(
    "an override file of rubbish: a log line, and the last good parameters stay in force",
    () =>
      told(async () => {
        const path = "/etc/ha-lizard/ha-lizard.conf";
        const good = (await pool.file(1, path)) ?? "";
        const from = (await pool.messages(1)).length;
        await pool.writeFile(1, path, "FENCE_ENABLED=perhaps\nMONITOR_DELAY=\u0001\nno equals sign\n");
        await pool.untilLogged(1, /ha-lizard\.conf|FENCE_ENABLED/, STEP_MS, from);
        const victim = nextVictim();
        await pool.do({ verb: "vm", vm: victim, do: "crash" });
        await pool.untilStartedAgain(victim, STEP_MS);
        expect(await pool.on(1, "ha-cfg", "get", "FENCE_ENABLED")).toContain("1");
        await pool.writeFile(1, path, good);
        await passOfAll(pool);
      }),
    BOUND_MS,
  );
});
