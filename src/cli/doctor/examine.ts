import { withDeadline } from "../../ports/deadline.ts";
import type { CliPorts } from "../cli-ports.ts";
import type { Sight } from "../sight/sight.ts";
import type { Check, Examination, Finding } from "./check.ts";
import { clockCheck } from "./clock-checks.ts";
import { daemonCheck } from "./daemon-checks.ts";
import { fencingCheck } from "./fencing-checks.ts";
import { groupCheck } from "./group-checks.ts";
import { heartbeatCheck } from "./heartbeat-checks.ts";
import { mailCheck } from "./mail-checks.ts";
import { memberCheck } from "./member-checks.ts";
import { parameterCheck } from "./parameter-checks.ts";
import { quorumCheck } from "./quorum-checks.ts";
import { storageCheck } from "./storage-checks.ts";
import { xapiCheck } from "./xapi-checks.ts";

/** Every check, in the order in which its findings are shown. */
const CHECKS: readonly Check[] = [
  xapiCheck,
  daemonCheck,
  parameterCheck,
  memberCheck,
  heartbeatCheck,
  groupCheck,
  quorumCheck,
  fencingCheck,
  storageCheck,
  clockCheck,
  mailCheck,
];

/** Makes all checks of a pool as it was seen; the session of their own is closed whatever happens. */
export async function examineSight(
  sight: Sight,
  ports: CliPorts,
  progress: (ended: number, all: number) => void,
): Promise<readonly Finding[]> {
  const { settings } = sight.resolved;
  const survey = ports.openSurvey(settings.XE_TIMEOUT * 1_000);
  try {
    return await examine({ ports, sight, settings, survey }, progress);
  } finally {
    await survey.close();
  }
}

/** Makes all checks at the same time, each within its limit; `progress` is told how many have ended. */
async function examine(
  examination: Examination,
  progress: (ended: number, all: number) => void,
): Promise<readonly Finding[]> {
  let ended = 0;
  const over = new AbortController();
  progress(ended, CHECKS.length);
  const found = await Promise.all(
    CHECKS.map(async (check) => {
      const findings = await runCheck(check, examination, over.signal);
      ended += 1;
      progress(ended, CHECKS.length);
      return findings;
    }),
  );
  return found.flat();
}

/** A check that fails is a finding too: what it would have found is not known, which is not "ok". */
async function runCheck(
  check: Check,
  examination: Examination,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const limitMs = check.limitMs(examination.settings);
  const cut = (why: string): readonly Finding[] => [
    {
      check: check.name,
      verdict: "bad",
      text: `the check of ${check.name} has no result: ${why}`,
      cure: "run this again",
    },
  ];
  try {
    return await withDeadline(
      examination.ports.clock,
      limitMs,
      signal,
      (inner) => check.run(examination, inner),
      () => cut(`it did not end within ${Math.round(limitMs / 1_000)} s`),
    );
  } catch (error) {
    return cut(error instanceof Error ? error.message : String(error));
  }
}
