import { nearestWord } from "../config/nearest.ts";
import type { ListedVm } from "../ports/pool-database.ts";
import { UsageError } from "./cli-ports.ts";
import { plainText } from "./screens/text.ts";

/** VMs that were meant: by uuid, else by their exact name. Throws UsageError, with the nearest name, when none is. */
export function findVms(action: string, typed: string, all: readonly ListedVm[]): readonly ListedVm[] {
  const byUuid = all.filter(({ uuid }) => uuid === typed.trim().toLowerCase());
  const found = byUuid.length > 0 ? byUuid : all.filter(({ name }) => name === typed);
  if (found.length > 0) return found;
  const near = nearestWord(
    typed,
    all.map(({ name }) => name),
  );
  const hint = near === undefined ? "see ha-cfg get-vm-ha" : `did you mean ${plainText(near)}?`;
  throw new UsageError(`Cannot ${action} ${plainText(typed)}: there is no VM of this name or uuid; ${hint}`);
}
