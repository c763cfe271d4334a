import type { GroupState } from "../../core/group/group.ts";
import { livesBy, type TieAnswer, type TieQuestion } from "../../core/group/ties.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import type { TieTest } from "../../core/model/group-sight.ts";
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
  /** By the last test. */
  private wrong: string | null = null;

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
        "Find out who has removed it: only HA-Lizard may write there, and both halves of a split pool may have held it since. See ha-cfg status on every host, and whether a VM runs twice.",
    });
  }

  /** What a test has found: an alert when it fails for the first time, and a word when it is over. */
  tested({ place, wrong, atMs, sinceMs }: TieTest): void {
    const { logger, alarm } = this.ports;
    const last = this.wrong;
    this.wrong = wrong;
    if (wrong === null && last === null) return;
    if (wrong === null) {
      const text = `The tie-breaker ${place} works: this host has tested it.`;
      logger.log("info", "check_quorum", text);
      const subject = "The tie-breaker works";
      alarm.raise({ key: "tie-test-over", severity: "info", subject, body: text, advice: "Nothing." });
      return;
    }
    if (wrong === last) return;
    const why = wrong.startsWith(`${place}: `) ? wrong.slice(place.length + 2) : wrong;
    const text = `The tie-breaker ${place} fails the test of this host: ${why}. While that lasts this host cannot go on with half of the pool alone.`;
    logger.log("error", "check_quorum", text);
    if (sinceMs !== atMs) return;
    alarm.raise({
      key: "tie-test",
      severity: "error",
      subject: "The tie-breaker fails its test",
      body: text,
      advice:
        "It is tested again every hour; to test it now: ha-cfg tie-breaker test. To set this host up again: ha-cfg tie-breaker.",
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
