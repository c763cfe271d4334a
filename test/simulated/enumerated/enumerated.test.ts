import { expect, test } from "bun:test";
import { playScript } from "../scenarios/run.ts";
import { ordersOfTwo } from "./two-hosts.ts";
import { tiesOfTwo } from "./two-hosts-and-a-tie.ts";

const DEADLINE_MS = 300_000;

/** A prime, so that no fault and no device is always left out. */
const FAMILIES: readonly (readonly [string, Iterable<string>, number])[] = [
  ["two hosts without a tie-breaker, up to two faults, every 19th story", ordersOfTwo(2), 19],
  ["two hosts and a tie-breaker of ssh, up to two faults, every 31st story", tiesOfTwo("ssh", 2), 31],
  ["two hosts and a tie-breaker on an SR, up to two faults, every 97th story", tiesOfTwo("sr", 2), 97],
];

for (const [name, stories, every] of FAMILIES) {
  test(
    name,
    async () => {
      let seen = 0;
      for (const text of stories) {
        if (seen++ % every !== 0) continue;
        const { failures } = await playScript(text);
        expect({ text, failures }).toEqual({ text, failures: [] });
      }
      expect(seen).toBeGreaterThan(every);
    },
    DEADLINE_MS,
  );
}
