import { PARAMETERS } from "../../config/params.ts";
import { HEARD_MS } from "../../core/group/peer-state.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import { markdownTable } from "../fill.ts";

const seconds = (ms: number): string => `${ms / 1_000} s`;

/** What takes how long, with the defaults. */
export function timesTable(): string {
  const {
    XAPI_COUNT,
    XAPI_DELAY,
    MONITOR_DELAY,
    FENCE_TIMEOUT,
    FENCE_WATCHDOG_TIMEOUT,
    XAPI_DOWN_TOLERANCE,
  } = PARAMETERS;
  const { mandateMs, silentMs, turnMs, leaseDrift, leaseMarginMs } = GROUP_TIMINGS;
  const watchdogS = FENCE_WATCHDOG_TIMEOUT.default;
  const leaseS = Math.ceil(watchdogS * leaseDrift + leaseMarginMs / 1_000);
  const patienceS = XAPI_COUNT.default * XAPI_DELAY.default;
  const rows = [
    ["a host counts as heard after its last message", seconds(HEARD_MS)],
    ["a leader may act after more than half of the hosts have last answered", seconds(mandateMs)],
    [
      "another leader is elected when the leader is silent",
      `${seconds(silentMs)}, and ${seconds(turnMs)} for each host before it`,
    ],
    ["a silent host has failed", `${patienceS} s (\`XAPI_COUNT\` times \`XAPI_DELAY\`)`],
    ["one run of a fence agent, at most", `${FENCE_TIMEOUT.default} s (\`FENCE_TIMEOUT\`)`],
    [
      "a host that is not answered is reset (`FENCE_METHOD=WATCHDOG`)",
      `${watchdogS} s (\`FENCE_WATCHDOG_TIMEOUT\`)`,
    ],
    ["and counts as off", `${leaseS} s`],
    [
      "a host that answers only ping counts as alive",
      `${XAPI_DOWN_TOLERANCE.default} s (\`XAPI_DOWN_TOLERANCE\`)`,
    ],
    ["an iteration, when nothing happens", `every ${MONITOR_DELAY.default} s (\`MONITOR_DELAY\`)`],
  ];
  return markdownTable(["what", "by default"], rows);
}
