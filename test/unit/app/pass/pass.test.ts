import { expect, test } from "bun:test";
import { admit, isTooLate, type Pass } from "../../../../src/app/pass/pass.ts";
import { fenceOf, host } from "../../core/fixtures.ts";

test("admit: no fence that the pass could not end; everything else begins as before", () => {
  const passAt = (nowMs: number) =>
    ({
      ports: { clock: { uptimeMs: () => nowMs } },
      fencesUntilMs: 1_000,
      inFlight: new Map(),
      begun: new Map(),
      kept: "",
      notSaved: null,
    }) as unknown as Pass;
  const fence = fenceOf(host(3));
  const enable = { kind: "enable-host", host: host(2) } as const;
  expect(admit(passAt(1_000), [fence, enable])).toEqual([fence, enable]);
  expect(admit(passAt(1_001), [fence, enable])).toEqual([enable]);
  expect([isTooLate(passAt(1_001), fence), isTooLate(passAt(1_001), enable)]).toEqual([true, false]);
});
