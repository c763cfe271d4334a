import { expect, test } from "bun:test";
import { proofOf, silenceS } from "../../../src/cli/plan-times.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";

const settingsOf = (override: Readonly<Record<string, string>>) =>
  resolveSettings({ override, pool: null, lastGood: {} }).settings;

test("the silence is that of the retries, and what it takes to miss a host", () =>
  expect(silenceS(settingsOf({ XAPI_COUNT: "2", XAPI_DELAY: "5" }))).toBe(16));

const rows: readonly (readonly [Readonly<Record<string, string>>, number, string, boolean])[] = [
  [{ FENCE_METHOD: "IPMI" }, 3, "IPMI", true],
  [{ FENCE_METHOD: "IPMI,ILO" }, 3, "IPMI, else ILO", true],
  [{ FENCE_METHOD: "WATCHDOG" }, 3, "its lease (30 s)", true],
  [{ FENCE_METHOD: "POOL" }, 3, "not at all: FENCE_METHOD=POOL switches nothing off", false],
  [{ FENCE_METHOD: "IPMI", FENCE_ENABLED: "0" }, 3, "not at all: FENCE_ENABLED=0", false],
  [{ FENCE_METHOD: "IPMI" }, 2, "not at all: fewer than 3 hosts (FENCE_MIN_HOSTS)", false],
  [{ FENCE_METHOD: "IPMI", FENCE_ACTION: "start" }, 3, "not at all: FENCE_ACTION=start", false],
];
for (const [override, hosts, text, isProved] of rows)
  test(`${JSON.stringify(override)} and ${hosts} hosts: ${text}`, () => {
    const proof = proofOf(settingsOf(override), hosts);
    expect([proof.text, proof.atMostS !== null]).toEqual([text, isProved]);
  });
