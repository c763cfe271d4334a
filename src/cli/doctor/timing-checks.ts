import { fenceLimitMs } from "../../app/pass/fence.ts";
import type { Settings } from "../../config/params.ts";
import { type Check, type Finding, findingsOf } from "./check.ts";

/** A switch that learns its ports again, or a storm of broadcasts, takes as long. */
const HICCUP_S = 10;
/** xe-toolstack-restart on a busy host. */
const TOOLSTACK_S = 60;

/** Times that fit neither each other nor the world. */
export const timingCheck: Check = {
  name: "times",
  limitMs: () => 1_000,
  async run({ settings }) {
    return [...killedFence(settings), ...hasty(settings), ...impatient(settings)];
  },
};

const { warn } = findingsOf("times");

/** The monitor ends an iteration that hangs, and with it the fence agent that it waits for. */
function killedFence(settings: Settings): readonly Finding[] {
  const { MONITOR_KILLALL, MONITOR_SCANRATE, MONITOR_MAX_STARTS, FENCE_ENABLED } = settings;
  const lastsS = MONITOR_SCANRATE * MONITOR_MAX_STARTS;
  const fenceS = fenceLimitMs(settings) / 1_000;
  if (!MONITOR_KILLALL || !FENCE_ENABLED || lastsS > fenceS) return [];
  return [
    warn(
      `an iteration is ended after ${lastsS} s (MONITOR_SCANRATE times MONITOR_MAX_STARTS), and a fence may take ${fenceS} s: it would be cut off in the middle`,
      `ha-cfg set MONITOR_MAX_STARTS ${Math.ceil((fenceS * 2) / MONITOR_SCANRATE)}`,
    ),
  ];
}

function hasty({ XAPI_COUNT, XAPI_DELAY, FENCE_ENABLED }: Settings): readonly Finding[] {
  const patienceS = XAPI_COUNT * XAPI_DELAY;
  if (!FENCE_ENABLED || patienceS >= HICCUP_S) return [];
  return [
    warn(
      `a host is fenced after ${patienceS} s of silence (XAPI_COUNT times XAPI_DELAY): a network that stumbles for a moment costs a healthy host its life`,
      "ha-cfg preset fast, which waits for 12 s",
    ),
  ];
}

/** 0 is told as a dangerous value. */
function impatient({ XAPI_DOWN_TOLERANCE }: Settings): readonly Finding[] {
  if (XAPI_DOWN_TOLERANCE === 0 || XAPI_DOWN_TOLERANCE >= TOOLSTACK_S) return [];
  return [
    warn(
      `XAPI_DOWN_TOLERANCE=${XAPI_DOWN_TOLERANCE} is shorter than a restart of the toolstack may take: a host whose monitor is silent as well is fenced for it`,
      "ha-cfg set XAPI_DOWN_TOLERANCE 300",
    ),
  ];
}
