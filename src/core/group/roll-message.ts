import type { HostUuid } from "../model/ids.ts";
import type { MessageNumber } from "./message.ts";
import type { Roll } from "./roll.ts";
import type { VoteWords } from "./vote-words.ts";

/** A roll on its way to a host that has not got it. Its number and what it answers are those of a heartbeat. */
export interface RollMessage {
  readonly from: HostUuid;
  readonly to: HostUuid;
  readonly number: MessageNumber;
  readonly answers: MessageNumber | null;
  readonly vote: VoteWords;
  readonly roll: Roll;
  /** The one before, while `roll` is not settled. */
  readonly before: Roll | null;
}
