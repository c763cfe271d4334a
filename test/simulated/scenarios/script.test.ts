import { expect, test } from "bun:test";
import { paramsOf, poolOf } from "./presets.ts";
import { parseScript } from "./script.ts";

test("parseScript: the pool, the parameters, then what happens", () => {
  const { pool, params, lines } = parseScript(
    'pool   three-hosts gateway # two words\nparams quick OP_MODE=1\nparams LOG_email="0"\n\n30s power h3 off\n+5s ha off\n',
  );
  expect(pool).toEqual(["three-hosts", "gateway"]);
  expect(params).toEqual(["quick", "OP_MODE=1", 'LOG_email="0"']);
  expect(lines.map(({ atMs, number, words }) => [atMs, number, words.join(" ")])).toEqual([
    [30_000, 5, "power h3 off"],
    [35_000, 6, "ha off"],
  ]);
});

test("parseScript: a time that goes back is refused, and so is a preset after the first line with a time", () => {
  expect(() => parseScript("30s power h3 off\n10s power h3 on")).toThrow("script.txt:2: goes back in time");
  expect(() => parseScript("30s power h3 off\nparams quick")).toThrow("script.txt:2");
});

test("poolOf: a later word adds to the ones before it, or overrides them", () => {
  expect(poolOf(["three-hosts", "two-vms-each", "gateway"])).toEqual({
    hosts: 3,
    vmsPerHost: 2,
    externals: ["192.0.2.1"],
  });
});

test("paramsOf: a setting overrides the preset before it", () => {
  expect(paramsOf(["quick", "FENCE_METHOD=POOL", "DISABLED_VAPPS="])).toEqual({
    FENCE_METHOD: "POOL",
    XAPI_COUNT: "2",
    XAPI_DELAY: "5",
    MONITOR_DELAY: "10",
    DISABLED_VAPPS: "",
  });
});

test("an unknown preset is refused, and the message names the known ones", () => {
  expect(() => poolOf(["tree-hosts"])).toThrow(
    /no preset "pool tree-hosts"; there are two-hosts, three-hosts, /,
  );
  expect(() => paramsOf(["quik"])).toThrow(/no preset "params quik"; there are quick, /);
});
