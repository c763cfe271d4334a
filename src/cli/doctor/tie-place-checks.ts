import { parseTiePlace, type SrPlace, type TiePlace } from "../../config/tie-place.ts";
import { describeFault } from "../../core/alerts/describe-fault.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { StorageFacts } from "../../ports/pool-survey.ts";
import { type Examination, type Finding, fewNames, findingsOf } from "./check.ts";

const { ok, warn, bad } = findingsOf("tie-breaker");

/** Types of SRs that have no files. */
const BLOCKS: ReadonlySet<string> = new Set([
  "lvm",
  "lvmohba",
  "lvmoiscsi",
  "lvmofcoe",
  "linstor",
  "hba",
  "rawhba",
  "iscsi",
  "udev",
  "shm",
]);

/** Can this host claim a tie at the place that the parameters name, and is it one for all hosts? `cure`: how a place is set. */
export async function examinePlace(
  place: TiePlace,
  { ports, sight, settings, survey }: Examination,
  cure: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { TIE_BREAKER_PLACE: named } = settings;
  const wrong: Finding[] = [];
  if (place.kind === "ssh") {
    const inside = sight.hosts.find(({ address, name }) => [address, name].includes(place.address));
    if (inside !== undefined) {
      const text = `TIE_BREAKER_PLACE is on ${inside.name}, a host of the pool: it must be outside, for it dies with its half`;
      return [bad(text, cure)];
    }
  } else {
    const storages = await survey.storages(signal);
    if (storages.ok) wrong.push(...judgeStorage(place, storages.value, sight.hosts, cure));
    else wrong.push(warn(`the SRs could not be listed: ${describeFault(storages.fault)}`, "run this again"));
  }
  if (wrong.some(({ verdict }) => verdict === "bad")) return wrong;
  const failed = await ports.tieBreaker(place.kind, named).ties.test(signal);
  if (failed !== null)
    wrong.push(
      bad(
        `this host cannot claim a tie: ${failed}`,
        `mend that, and see ha-cfg tie-breaker test --all; to set every host up again: ha-cfg tie-breaker ${place.kind} ${named}`,
      ),
    );
  return wrong.length > 0 ? wrong : [ok(`a tie is decided by a claim on ${named}, which this host can make`)];
}

/** What is wrong with an SR as a place for the claims of these hosts. */
export function judgeStorage(
  { sr }: SrPlace,
  storages: readonly StorageFacts[],
  hosts: readonly { readonly uuid: HostUuid; readonly name: string }[],
  cure: string,
): readonly Finding[] {
  const found = storages.find(({ uuid }) => uuid === sr);
  if (found === undefined) return [bad(`TIE_BREAKER_PLACE is ${sr}, which is no SR of this pool`, cure)];
  const { name, type, shared } = found;
  if (BLOCKS.has(type))
    return [bad(`TIE_BREAKER_PLACE is the SR ${name}, which has no files (${type}); NFS or SMB has`, cure)];
  if (!shared)
    return [bad(`TIE_BREAKER_PLACE is the SR ${name}, which only one host has: it must be shared`, cure)];
  const without = hosts.filter(({ uuid }) => !found.hosts.includes(uuid)).map((host) => host.name);
  if (without.length === 0) return [];
  const text = `the SR ${name} of TIE_BREAKER_PLACE is not attached on ${fewNames(without)}: no claim can be made there`;
  return [bad(text, "plug it in there: xe pbd-plug")];
}

/** The place of two parameters that fit together; null: they do not. */
export function fittingPlace(kind: "ssh" | "sr", place: string): TiePlace | null {
  const parsed = parseTiePlace(place);
  return parsed?.kind === kind ? parsed : null;
}
