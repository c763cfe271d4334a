import type { Notice } from "../model/alert.ts";
import type { Reason } from "../model/reason.ts";
import { adviceOn } from "./advice.ts";
import type { SayingsOf } from "./saying.ts";
import { FENCING_WORDS } from "./words/fencing.ts";
import { HOSTS_WORDS } from "./words/hosts.ts";
import { POOL_WORDS } from "./words/pool.ts";
import { TAKEOVER_WORDS } from "./words/takeover.ts";
import { THIS_HOST_WORDS } from "./words/this-host.ts";
import { VMS_WORDS } from "./words/vms.ts";

/** All that is ever said; a reason without words does not compile. */
const WORDS: SayingsOf<Reason["kind"]> = {
  ...THIS_HOST_WORDS,
  ...POOL_WORDS,
  ...HOSTS_WORDS,
  ...FENCING_WORDS,
  ...TAKEOVER_WORDS,
  ...VMS_WORDS,
};

/** The names of all reasons, which are those of the events that hooks are told. */
export const REASON_KINDS: readonly string[] = Object.keys(WORDS);

/** A reason in the words of the log and the mail. */
export function describeReason(reason: Reason): Notice {
  const saying = WORDS[reason.kind](reason as never);
  return {
    key: saying.about === "" ? reason.kind : `${reason.kind}:${saying.about}`,
    from: saying.from,
    severity: saying.severity,
    subject: saying.text.split(/[:.](?= |$)/, 1)[0] ?? reason.kind,
    body: saying.text,
    advice: saying.alert === true ? adviceOn(reason.kind) : "",
    lasting: saying.event !== true,
    alert: saying.alert === true,
  };
}
