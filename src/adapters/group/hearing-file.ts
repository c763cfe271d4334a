import type { HeardPeer, Hearing } from "../../core/model/hearing.ts";
import type { HearingBoard, HearingReader } from "../../ports/group.ts";
import { makePrivateFolder } from "../files/ownership.ts";
import { readRegularFile } from "../files/regular-file.ts";
import { removeLeftoversOf, replaceFileSync } from "../files/replace-file.ts";

/** 64 hosts that hear each other are a quarter of that. */
const LONGEST = 1_000_000;

/** What the monitor hears, as a small JSON file below /run: written beside its place and renamed, without a flush. */
export function createHearingBoard(path: string, folder: string): HearingBoard {
  let tidied = false;
  return {
    async publish(hearing) {
      if (!tidied) {
        const unusable = makePrivateFolder(folder);
        if (unusable !== null) throw new Error(unusable);
        await removeLeftoversOf(path);
      }
      tidied = true;
      replaceFileSync(path, `${JSON.stringify(hearing)}\n`);
    },
  };
}

export function createHearingReader(path: string): HearingReader {
  return {
    async read() {
      const read = await readRegularFile(path, { maxBytes: LONGEST, trusted: true, noLink: true });
      return read.kind === "text" ? parseHearing(read.text) : null;
    },
  };
}

/** Checked as far as anything is decided by it: only this program writes there, whole or not at all. */
export function parseHearing(text: string): Hearing | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { self, bootId, atMs, peers, refused } = value;
  if (typeof self !== "string" || typeof bootId !== "string" || typeof atMs !== "number") return null;
  if (!Array.isArray(peers) || !peers.every(isPeer) || !isObject(refused)) return null;
  return completed(value) as unknown as Hearing;
}

/** What a monitor of an earlier version has published knows of no rest of HA. */
function completed(value: Readonly<Record<string, unknown>>): unknown {
  const { group } = value;
  if (!isObject(group) || !isObject(group["roll"])) return value;
  const roll = { storedBy: [], disarms: [], disarmWord: 0, ...group["roll"] };
  return { ...value, group: { ...group, roll } };
}

const HEARD: readonly unknown[] = ["direct", "reported", "silent"] satisfies HeardPeer["heard"][];

function isPeer(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { host, heard, sinceMs, ways, own, hears } = value;
  if (typeof host !== "string" || !HEARD.includes(heard) || typeof sinceMs !== "number") return false;
  if (!Array.isArray(ways) || !(hears === null || Array.isArray(hears))) return false;
  return (
    own === null || (isObject(own) && typeof own["role"] === "string" && typeof own["xapi"] === "string")
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
