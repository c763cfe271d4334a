import { expect, test } from "bun:test";
import { describeRemedy, describeStop } from "../../../../src/core/intent/stop-words.ts";
import type { Stopper } from "../../../../src/core/model/stop.ts";

const atMs = Date.UTC(2026, 10, 30, 12, 3, 59);

test.each<readonly [Stopper, string]>([
  ["client-clean", "shut down by a client of XAPI on 2026-11-30 at 12:03 UTC"],
  ["client-hard", "switched off by a client of XAPI on 2026-11-30 at 12:03 UTC"],
  ["client", "stopped by a client of XAPI on 2026-11-30 at 12:03 UTC"],
  ["guest", "shut down by its own guest on 2026-11-30 at 12:03 UTC"],
  ["host", "stopped with its host, which was shut down or rebooted on 2026-11-30 at 12:03 UTC"],
])("describeStop: %s", (who, expected) => {
  expect(describeStop({ who, atMs, host: null })).toBe(expected);
});

test("describeStop: a time that is not known is said", () =>
  expect(describeStop({ who: "client", atMs: null, host: null })).toEndWith(", it is not known when"));

test("describeRemedy: the key of this VM that changes it", () => {
  expect(describeRemedy({ who: "guest", atMs, host: null }, "web")).toContain(
    "HA_RESTART_ON_GUEST_SHUTDOWN=1",
  );
  expect(describeRemedy({ who: "client", atMs, host: null }, "web")).toContain(
    "uuid=web other-config:HA_RESTART_STOPPED=1",
  );
});
