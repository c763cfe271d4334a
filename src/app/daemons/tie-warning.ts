import type { GroupState } from "../../core/group/group.ts";
import { livesBy, type TieAnswer, type TieQuestion } from "../../core/group/ties.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import type { Alarm } from "../../ports/alarm.ts";
import type { Logger } from "../../ports/notices.ts";

export interface TieWarningPorts {
  readonly alarm: Alarm;
  readonly logger: Logger;
}

const GONE = "The claim of the tie by which this host led is gone";

/** Tells what becomes of the tie between two iterations: these would see only what is so when they begin. */
export class TieWarning {
  private readonly ports: TieWarningPorts;
  private isLost = false;

  constructor(ports: TieWarningPorts) {
    this.ports = ports;
  }

  /** An answer of the place, which the state does not have yet. `place`: for people. */
  heard(state: GroupState, { name }: TieQuestion, answer: TieAnswer, place: string, nowMs: number): void {
    const { voting } = state;
    const isGone = answer.kind === "free" || (answer.kind === "held" && answer.holder !== voting.self);
    if (!isGone || !livesBy(voting, nowMs, GROUP_TIMINGS).includes(name)) return;
    this.isLost = true;
    const text = `${GONE} from ${place}${answer.kind === "held" ? ", where another host has it now" : ""}. Until this host leads again it starts no VM and fences no host.`;
    const { logger, alarm } = this.ports;
    logger.log("critical", "check_quorum", text);
    alarm.raise({
      key: "tie-claim-gone",
      severity: "critical",
      subject: GONE,
      body: text,
      advice:
        "Find out who has removed it: nothing but HA-Lizard may write there, and of two halves of a pool each may have had it since. See ha-cfg status on every host, and whether a VM runs twice.",
    });
  }

  /** Once a second. */
  tell({ ties }: Pick<GroupState, "ties">): void {
    if (!this.isLost || ties.isLost) return;
    this.isLost = false;
    this.ports.logger.log(
      "info",
      "check_quorum",
      "This host leads again, after its claim of the tie was gone.",
    );
  }
}
