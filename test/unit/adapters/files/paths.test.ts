import { expect, test } from "bun:test";
import { cleanEnvironment, pathsFrom } from "../../../../src/adapters/files/paths.ts";

test("pathsFrom: the places of a Dom0", () => {
  const paths = pathsFrom({});
  expect(paths.override).toBe("/etc/ha-lizard/ha-lizard.conf");
  expect(paths.lastGood).toBe("/etc/ha-lizard/ha-lizard.pool.conf");
  expect(paths.state).toBe("/etc/ha-lizard/state");
  expect(paths.poolConf).toBe("/etc/xensource/pool.conf");
  expect(paths.inventory).toBe("/etc/xensource-inventory");
  expect(paths.initComplete).toBe("/var/run/xapi_init_complete.cookie");
  expect(paths.xapiSocket).toBe("/var/lib/xcp/xapi");
  expect(paths.sysrq).toBe("/proc/sysrq-trigger");
});

test("pathsFrom: HA_LIZARD_ROOT moves all of them but the reset button, which has a variable of its own", () => {
  const moved = pathsFrom({ HA_LIZARD_ROOT: "/scratch/root" });
  const { sysrq, ...others } = moved;
  expect(Object.values(others).filter((path) => !path.startsWith("/scratch/root"))).toEqual([]);
  expect(sysrq).toBe("/proc/sysrq-trigger");
  expect(pathsFrom({ HA_LIZARD_SYSRQ: "/scratch/button" }).sysrq).toBe("/scratch/button");
});

test("pathsFrom: an empty variable is none", () => {
  expect(pathsFrom({ HA_LIZARD_ROOT: "", HA_LIZARD_SYSRQ: "" })).toEqual(pathsFrom({}));
});

test("cleanEnvironment: keeps what is known, drops the doors into the executable", () => {
  const environment = cleanEnvironment({
    PATH: "/bin",
    LANG: "C",
    HA_LIZARD_ROOT: "/r",
    HA_LIZARD_SYSRQ: "/s",
    BUN_OPTIONS: "--preload x",
    BUN_BE_BUN: "1",
    BUN_INSPECT: "1",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    LD_PRELOAD: "x",
    FENCE_PASSWD: "topsecret",
  });
  expect(environment).toEqual({
    PATH: "/bin",
    LANG: "C",
    HA_LIZARD_ROOT: "/r",
    HA_LIZARD_SYSRQ: "/s",
    BUN_JSC_useJIT: "0",
  });
});

test("cleanEnvironment: a PATH where Dom0's tools are when there is none", () => {
  expect(cleanEnvironment({})["PATH"]?.split(":")).toContain("/opt/xensource/bin");
});
