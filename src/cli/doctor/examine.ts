import { withDeadline } from "../../ports/deadline.ts";
import type { CliPorts } from "../cli-ports.ts";
import type { Sight } from "../sight/sight.ts";
import { capacityCheck } from "./capacity-checks.ts";
import type { Check, Examination, Finding, Verdict } from "./check.ts";
import { clockCheck } from "./clock-checks.ts";
import { daemonCheck } from "./daemon-checks.ts";
import { fencingCheck } from "./fencing-checks.ts";
import { groupCheck } from "./group-checks.ts";
import { heartbeatCheck } from "./heartbeat-checks.ts";
import { hookCheck } from "./hook-checks.ts";
import { installationCheck } from "./installation-checks.ts";
import { machineCheck } from "./machine-checks.ts";
import { mailCheck } from "./mail-checks.ts";
import { memberCheck } from "./member-checks.ts";
import { nameCheck } from "./name-checks.ts";
import { networkCheck } from "./network-checks.ts";
import { noticeCheck } from "./notice-checks.ts";
import { parameterCheck } from "./parameter-checks.ts";
import { portCheck } from "./port-checks.ts";
import { quorumCheck } from "./quorum-checks.ts";
import { roomCheck } from "./room-checks.ts";
import { storageCheck } from "./storage-checks.ts";
import { takeOverCheck } from "./take-over-checks.ts";
import { tieCheck } from "./tie-checks.ts";
import { timingCheck } from "./timing-checks.ts";
import { vmCheck } from "./vm-checks.ts";
import { vmNetworkCheck } from "./vm-network-checks.ts";
import { watchdogCheck } from "./watchdog-checks.ts";
import { xapiCheck } from "./xapi-checks.ts";

/** Every check, in the order in which its findings are shown among those of the same verdict. */
const CHECKS: readonly Check[] = [
  xapiCheck,
  daemonCheck,
  installationCheck,
  hookCheck,
  roomCheck,
  parameterCheck,
  timingCheck,
  memberCheck,
  nameCheck,
  portCheck,
  heartbeatCheck,
  networkCheck,
  groupCheck,
  quorumCheck,
  tieCheck,
  takeOverCheck,
  fencingCheck,
  watchdogCheck,
  machineCheck,
  vmCheck,
  storageCheck,
  vmNetworkCheck,
  capacityCheck,
  clockCheck,
  mailCheck,
  noticeCheck,
];

/** The worst first, for the rest is read by nobody who has found it. */
const ORDER: Readonly<Record<Verdict, number>> = { bad: 0, warn: 1, ok: 2 };

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
  return found.flat().sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
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
