import { runPass } from "../../../src/app/pass/iterate.ts";
import type { RecordFiles, RecordHead } from "../../../src/ports/record.ts";
import type { Recorded, RecordedRound } from "../../../src/record/recorded.ts";
import { parseRecorded } from "../../../src/record/recorded-text.ts";
import { simulatePool } from "../../../src/simulation/pool.ts";
import { setVmKey } from "../../../src/simulation/stops.ts";
import { QUICK, SECOND } from "../../simulated/pool/stage.ts";

export const SECRET = "s3cret-of-the-bmc";

/** A text of the record of a host, in the order in which they came. */
export interface KeptText {
  readonly host: number;
  readonly head: RecordHead;
  readonly text: string;
}

let told: Promise<readonly KeptText[]> | null = null;

/** What the hosts of a pool of three record while h3 dies, the master fences it and starts its VMs. Played once. */
export function toldFailover(): Promise<readonly KeptText[]> {
  told ??= play();
  return told;
}

async function play(): Promise<readonly KeptText[]> {
  const texts: KeptText[] = [];
  const params = { ...QUICK, FENCE_PASSWD: SECRET, SMTP_PASS: SECRET };
  const vms = Array.from({ length: 6 }, (_, index) => ({ name: `vm${index + 1}`, on: (index % 3) + 1 }));
  const pool = simulatePool({ hosts: 3, vms, params, runPass });
  pool.world.recorderOf = (host) => ({
    keep: (make) => void texts.push({ host, ...make() }),
    end: async () => ({ why: null }),
  });
  // Other programs keep secrets with their VMs.
  for (const vm of pool.world.vms.values()) setVmKey(pool.world, vm, "their-password", SECRET);
  // Until the master has looked how its pool would stand a failure.
  await pool.run(360 * SECOND);
  pool.power(3, false);
  await pool.run(120 * SECOND);
  return texts;
}

export function readBack(text: string): Recorded {
  const parsed = parseRecorded(text);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.recorded;
}

/** The records of a host of that pool: one file, whatever it is called. */
export async function toldRecords(number: number): Promise<RecordFiles> {
  const texts = (await toldFailover()).filter(({ host }) => host === number);
  return {
    list: async () => [{ path: "/r/a.record", beganMs: 0, incident: true }],
    open: async () => ({ ok: true, version: "3.0.0", host: `h${number}`, texts }),
    events: async () => texts.flatMap(({ head }) => head.events),
  };
}

/** The rounds of the master. */
export async function roundsOfMaster(): Promise<readonly RecordedRound[]> {
  const all = (await toldFailover()).filter(({ host }) => host === 1).map(({ text }) => readBack(text));
  return all.flatMap((recorded) => (recorded.kind === "round" ? [recorded] : []));
}
