import { parseDocument, renderDocument } from "../../../src/adapters/files/state-document.ts";
import { createPeerProber } from "../../../src/adapters/peers/peer-prober.ts";
import { createXapi } from "../../../src/adapters/xapi/client.ts";
import { parseAnswer } from "../../../src/adapters/xapi/errors.ts";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { PassPorts } from "../../../src/app/pass/pass-ports.ts";
import { parseOverrideFile, renderAssignment } from "../../../src/config/override-file.ts";
import { type ParameterName, ROWS, rowOf } from "../../../src/config/params.ts";
import type { StateName } from "../../../src/ports/state-store.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { newSimProcess } from "../../../src/simulation/ports/process.ts";
import { simTransport } from "../../../src/simulation/ports/transport.ts";
import { simPassPorts } from "../../../src/simulation/ports.ts";
import type { Random } from "../../../src/simulation/random.ts";
import { DESTRUCTIVE, restedPool, SECOND } from "../pool/stage.ts";
import { mangleData, mangleText } from "./mangle.ts";
import { claim, type Target } from "./target.ts";

/** What a pool in which nothing is wrong must never see. */
const ACTIONS = [
  ...DESTRUCTIVE,
  "start-asked",
  "domain-started",
  "domain-ended",
  "promote-asked",
  "recover-slaves",
  "xapi-held",
  "reset-master",
  "toolstack-restart",
  "host-forgotten",
  "pool-conf",
];
/** A pool that many passes have gone over is a new one again. */
const PASSES_A_POOL = 50;
const DOCUMENTS: readonly StateName[] = ["memory", "recent-memory", "pass", "vm-index"];

/** A pass of the master of a healthy pool, with one thing that it reads bent; `mayAct`: into what means something else. */
type Bend = (random: Random, ports: PassPorts, pool: SimPool) => Partial<PassPorts>;

function passTarget(name: string, bend: Bend, mayAct = false): Target {
  let pool: SimPool | null = null;
  let passes = 0;
  return {
    name: `pass: ${name}`,
    async play(random) {
      if (pool === null || passes++ % PASSES_A_POOL === 0) {
        pool = await restedPool(3);
        pool.monitor(1).stop();
      }
      const { world, disks } = pool;
      const ports = simPassPorts(world, 1, newSimProcess(1), disks[0]);
      const from = world.log.length;
      let ended = false;
      const pass = runPass({ ...ports, ...bend(random, ports, pool) }, new AbortController().signal);
      void pass.finally(() => (ended = true)).catch(() => undefined);
      await pool.until(() => ended, 400 * SECOND);
      claim((await pass).result !== "", "a pass ends");
      const acted = world.log.slice(from).find(({ what }) => ACTIONS.includes(what));
      claim(mayAct || acted === undefined, `nothing is done in a healthy pool: ${JSON.stringify(acted)}`);
    },
  };
}

/** Whole passes over damaged input: nothing is done by it, and every pass ends. */
export const PASS_TARGETS: readonly Target[] = [
  passTarget("state documents", (random, { store }, pool) => {
    const bent = random.pick(DOCUMENTS);
    return {
      store: {
        save: store.save,
        load: async (name) => {
          const document = pool.disk(1).documents.get(name);
          if (name !== bent || document === undefined) return store.load(name);
          const text = mangleText(random, renderDocument(name, JSON.parse(document)));
          const parsed = parseDocument(name, text);
          return parsed.ok ? { kind: "found", value: parsed.value } : { kind: "damaged", why: parsed.why };
        },
      },
    };
  }),
  passTarget(
    "a memory that another version has written",
    (random, { store }, pool) => ({
      store: {
        save: store.save,
        load: async (name) => {
          const document = pool.disk(1).documents.get(name);
          if (name !== "recent-memory" || document === undefined) return store.load(name);
          return { kind: "found", value: mangleData(random, JSON.parse(document)) };
        },
      },
    }),
    true,
  ),
  passTarget("parameter files", (random, { config }) => ({
    config: {
      saveLastGood: async () => undefined,
      read: async () => {
        const texts = await config.read();
        const override = parseOverrideFile(mangleText(random, harmless()));
        return {
          ...texts,
          override: random.chance(0.2) ? null : override.values,
          problems: override.problems,
        };
      },
    },
  })),
  passTarget("the pool's map of parameters", (random, ports, pool) =>
    openWith(ports, pool, (method, answer) =>
      method.startsWith("pool.get_all") ? mangleMap(random, answer) : answer,
    ),
  ),
  passTarget("answers of xapi", (random, ports, pool) => {
    let left = 1 + random.below(3);
    return openWith(ports, pool, (_, answer) => {
      if (left === 0 || random.chance(0.6)) return answer;
      left -= 1;
      const text = mangleText(random, JSON.stringify({ jsonrpc: "2.0", result: answer, id: 1 }));
      const parsed = parseAnswer(text, 1);
      return parsed.ok ? parsed.value : undefined;
    });
  }),
  passTarget("answers of peers", (random, { clock, pinger }) => ({
    prober: createPeerProber({
      clock,
      pinger,
      probeTimeoutMs: 3_000,
      pingAfterMs: 250,
      newUuid: () => UUID,
      postJson: async () => ({ status: 200, text: mangleText(random, random.pick(PEERS)) }),
    }),
  })),
  passTarget("what this host knows of itself", (random, { localHost }) => ({
    localHost: {
      ...localHost,
      observe: async (signal) => {
        const view = await localHost.observe(signal);
        if (view === null || random.chance(0.1)) return null;
        const role = random.chance(0.5)
          ? ({ kind: "unknown", why: mangleText(random, "why") } as const)
          : view.role;
        const domains = random.chance(0.5) ? "unknown" : view.domains;
        return { ...view, role, domains, xapiAnswers: random.chance(0.5) };
      },
    },
  })),
];

const UUID = "e5c40000-0000-4000-8000-000000000000";
const PEERS = [
  `{"jsonrpc":"2.0","result":"${UUID}","id":1}`,
  '{"jsonrpc":"2.0","error":{"code":1,"message":"HOST_IS_SLAVE","data":["10.0.0.1"]},"id":1}',
];

/** An override file whose every line says what holds anyway. */
function harmless(): string {
  const shown = (name: ParameterName) => renderAssignment(name, rowOf(name).kind.render(rowOf(name).default));
  return [...ROWS.keys()]
    .filter((name) => /^(LOG|MAIL|SMTP)/.test(name))
    .map(shown)
    .join("\n");
}

function openWith(
  ports: PassPorts,
  pool: SimPool,
  bend: (method: string, answer: unknown) => unknown,
): Partial<PassPorts> {
  const transport = simTransport(pool.world, 1);
  const bent = {
    ...transport,
    call: async (method: string, params: readonly unknown[], signal: AbortSignal) => {
      const answer = await transport.call(method, params, signal);
      return answer.ok ? { ok: true as const, value: bend(method, answer.value) } : answer;
    },
  };
  const { clock, store } = ports;
  return {
    openXapi: (xeTimeoutMs) =>
      createXapi({ transport: bent, clock, store, xeTimeoutMs, newUuid: () => UUID }),
  };
}

/** Values of parameters only: HA on and off is somebody's word. */
function mangleMap(random: Random, answer: unknown): unknown {
  const pools = Object.entries(answer as Record<string, { other_config: Record<string, string> }>);
  return Object.fromEntries(
    pools.map(([ref, pool]) => {
      const entries = Object.entries(pool.other_config);
      const bent = entries.map(([key, value]) =>
        key.startsWith("HA_") && random.chance(0.1) ? [key, mangleText(random, value)] : [key, value],
      );
      return [ref, { ...pool, other_config: Object.fromEntries(bent) }];
    }),
  );
}
