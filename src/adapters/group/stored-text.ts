import { MOST_HOSTS } from "../../core/group/message.ts";
import type { Roll, RollHost, RollId } from "../../core/group/roll.ts";
import type { Stored } from "../../core/group/stored.ts";
import type { Term } from "../../core/group/term.ts";
import { type HostUuid, hostUuid, isUuid } from "../../core/model/ids.ts";

/* What a host stores, as text: JSON, and read strictly, for nobody else writes it. */

export function writeStored(stored: Stored): string {
  return JSON.stringify(stored);
}

/** null: this program does not write such a text. Never throws. */
export function readStored(text: string): Stored | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const term = readTerm(value["term"]);
  const roll = value["roll"] === null ? null : readRoll(value["roll"]);
  const before = value["before"] === null ? null : readRoll(value["before"]);
  if (term === null || roll === undefined || before === undefined) return null;
  return roll === null && before !== null ? null : { term, roll, before };
}

function readTerm(value: unknown): Term | null {
  if (!isObject(value)) return null;
  const { count, host } = value;
  const owner = host === null ? null : readHost(host);
  return isCount(count) && owner !== undefined ? { count, host: owner } : null;
}

/** undefined: it is no roll. */
function readRoll(value: unknown): Roll | undefined {
  if (!isObject(value)) return undefined;
  const { hosts, ha } = value;
  const id = readId(value["id"]);
  const master = readHost(value["master"]);
  if (id === null || master === undefined || typeof ha !== "boolean" || !Array.isArray(hosts))
    return undefined;
  const entries = hosts.slice(0, MOST_HOSTS + 1).map(readEntry);
  const read = entries.filter((entry) => entry !== null);
  const isWhole = read.length === entries.length && read.length > 0 && read.length <= MOST_HOSTS;
  const isOnce = new Set(read.map(({ host }) => host)).size === read.length;
  return isWhole && isOnce ? { id, hosts: read, master, ha } : undefined;
}

function readId(value: unknown): RollId | null {
  if (!isObject(value)) return null;
  const term = readTerm(value["term"]);
  const { version } = value;
  return term !== null && isCount(version) ? { term, version } : null;
}

function readEntry(value: unknown): RollHost | null {
  if (!isObject(value)) return null;
  const host = readHost(value["host"]);
  const { bootId, maintenance } = value;
  const isBoot = bootId === null || (typeof bootId === "string" && isUuid(bootId));
  return host !== undefined && isBoot && typeof maintenance === "boolean"
    ? { host, bootId, maintenance }
    : null;
}

const readHost = (value: unknown): HostUuid | undefined =>
  typeof value === "string" && isUuid(value) ? hostUuid(value) : undefined;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
