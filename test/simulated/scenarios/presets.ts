import { PRESETS } from "../../../src/config/presets.ts";
import type { SimPoolOptions } from "../../../src/simulation/pool.ts";
import { AS_MEASURED } from "../../../src/simulation/timings.ts";

/** What a pool is made of: pool.json, and the presets that stand for it. */
export interface PoolFile extends Omit<SimPoolOptions, "runPass" | "params"> {
  /** `vmsPerHost: 2` stands for vm1 on h1, vm2 on h2 and so on, then once more. */
  readonly vmsPerHost?: number;
  /** The fence method proves nothing, or a device lies: the administrator's risk, so double runs are no failure. */
  readonly withoutProof?: boolean;
  /** The rules that this program does not keep yet are forbidden to be broken, too (test/simulated/invariants/strict-rules.ts). */
  readonly strict?: boolean;
}

/** The uuid of the SR on which hosts claim ties. */
const SHARED_STORAGE = "55555555-5555-4555-8555-555555555555";

type Params = Readonly<Record<string, string>>;
type Presets<T> = Readonly<Record<string, T>>;

/** An address outside the pool that answers ping, until a script says `gateway off`. */
export const GATEWAY = "192.0.2.1";

/** Pools by the words of a line `pool …`; a later word adds to the ones before it, or overrides them. */
const POOLS: Presets<Partial<PoolFile>> = {
  "two-hosts": { hosts: 2, vmsPerHost: 1 },
  "three-hosts": { hosts: 3, vmsPerHost: 1 },
  "four-hosts": { hosts: 4, vmsPerHost: 1 },
  "five-hosts": { hosts: 5, vmsPerHost: 1 },
  "two-vms-each": { vmsPerHost: 2 },
  "second-network": { secondNetwork: true },
  watches: { watches: true },
  gateway: { externals: [GATEWAY] },
  "without-proof": { withoutProof: true },
  /** Where the simulated pool is easier than a real one, it is as a real one. */
  "as-measured": { timings: AS_MEASURED, strict: true },
  appliances: {
    hosts: 3,
    appliances: [
      { name: "shop", uuid: "aaaaaaaa-4444-4444-8444-444444444444" },
      { name: "mail", uuid: "bbbbbbbb-4444-4444-8444-444444444444" },
    ],
    vms: [
      { name: "shop-db", on: 3, appliance: "shop" },
      { name: "shop-web", on: 3, appliance: "shop", order: 1 },
      { name: "mail-in", on: 3, appliance: "mail" },
      { name: "single", on: 3 },
    ],
  },
};

/** The parameters that `ha-cfg preset <name>` sets, with a fence device that proves what it does. */
const manual = (name: string, more: Params): Params => ({ ...PRESETS.get(name)?.values, ...more });

/** Parameters by the words of a line `params …`, like those of a pool. */
const PARAMS: Presets<Params> = {
  /** The default waits would make every story minutes longer without telling anything more. */
  quick: { FENCE_METHOD: "IPMI", XAPI_COUNT: "2", XAPI_DELAY: "5", MONITOR_DELAY: "10" },
  /** A tie is decided by a claim: on a machine outside the pool, on the shared storage. Two hosts may fence. */
  "tie-ssh": { FENCE_MIN_HOSTS: "2", TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: "ha-lizard@192.0.2.9:ties" },
  "tie-sr": { FENCE_MIN_HOSTS: "2", TIE_BREAKER: "sr", TIE_BREAKER_PLACE: SHARED_STORAGE },
  /** The gateway has a vote in a tie. */
  heuristics: { FENCE_USE_IP_HEURISTICS: "1", FENCE_HEURISTICS_IPS: GATEWAY },
  "two-node": manual("two-node", {
    FENCE_METHOD: "ILO",
    FENCE_HEURISTICS_IPS: GATEWAY,
    XAPI_COUNT: "2",
    XAPI_DELAY: "10",
  }),
  pool: manual("pool", { FENCE_METHOD: "ILO", FENCE_HEURISTICS_IPS: GATEWAY }),
  "auto-start": manual("auto-start", {}),
};

/** The pool of the words of `pool …`; `{}` without any, when pool.json says all of it. */
export function poolOf(words: readonly string[]): Partial<PoolFile> {
  return Object.assign({}, ...words.map((word) => presetOf("pool", POOLS, word)));
}

/** The parameters of the words of `params …`: presets, or `NAME=value`. What is not set has its default. */
export function paramsOf(words: readonly string[]): Params {
  return Object.assign({}, ...words.map((word) => settingIn(word) ?? presetOf("params", PARAMS, word)));
}

function settingIn(word: string): Params | null {
  const at = word.indexOf("=");
  return at < 1 ? null : { [word.slice(0, at)]: word.slice(at + 1) };
}

function presetOf<T>(kind: string, presets: Presets<T>, word: string): T {
  const preset = Object.hasOwn(presets, word) ? presets[word] : undefined;
  if (preset === undefined)
    throw new Error(
      `Cannot read script.txt: no preset "${kind} ${word}"; there are ${Object.keys(presets).join(", ")}`,
    );
  return preset;
}
