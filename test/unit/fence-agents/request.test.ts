import { describe, expect, test } from "bun:test";
import { readRequest } from "../../../src/fence-agents/request.ts";

const HOST = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
const STANDARD = "/etc/ha-lizard/fence";
const USAGE = "usage: ILO.sh <host uuid> <start|stop|reset|status>";

describe("readRequest", () => {
  test("everything but host and action comes from the environment", () => {
    const environment = {
      FENCE_FILE_LOC: "/opt/fence",
      FENCE_TIMEOUT: "30",
      FENCE_PASSWD: "s3cret",
      FENCE_USER: "admin",
      FENCE_IPADDRESS: "192.0.2.1",
    };
    expect(readRequest("ILO", [HOST.toUpperCase(), "stop"], environment, STANDARD)).toEqual({
      host: HOST as never,
      action: "stop",
      // No list of ours is below FENCE_FILE_LOC.
      folder: "/etc/ha-lizard/fence/ILO",
      timeoutMs: 29_000,
      password: "s3cret",
      user: "admin",
      address: "192.0.2.1",
    });
  });

  test("what is not set, or empty, has a default", () => {
    const defaults = {
      folder: "/etc/ha-lizard/fence/ILO",
      timeoutMs: 59_000,
      password: "",
      user: null,
      address: "",
    };
    expect(readRequest("ILO", [HOST, "reset"], {}, STANDARD)).toMatchObject(defaults);
    const empty = { FENCE_FILE_LOC: "", FENCE_TIMEOUT: "", FENCE_USER: "", FENCE_IPADDRESS: "" };
    expect(readRequest("ILO", [HOST, "reset"], empty, STANDARD)).toMatchObject(defaults);
  });

  const rows: readonly (readonly [string, readonly string[], Record<string, string>, string])[] = [
    ["nothing", [], {}, USAGE],
    ["no action", [HOST], {}, USAGE],
    ["an action it does not know", [HOST, "off"], {}, USAGE],
    ["one word too many", [HOST, "stop", "now"], {}, USAGE],
    ["no uuid", ["host-1", "stop"], {}, `host-1 is no uuid of a host; ${USAGE}`],
    ["no number", [HOST, "stop"], { FENCE_TIMEOUT: "soon" }, "FENCE_TIMEOUT=soon is no number of seconds"],
    ["no time", [HOST, "stop"], { FENCE_TIMEOUT: "0" }, "FENCE_TIMEOUT=0 is no number of seconds"],
  ];
  test.each(rows)("%s: it says what is wrong", (_, args, environment, why) => {
    expect(readRequest("ILO", args, environment, STANDARD)).toBe(why);
  });

  test("the shortest time is still some time", () => {
    expect(readRequest("ILO", [HOST, "stop"], { FENCE_TIMEOUT: "1" }, STANDARD)).toMatchObject({
      timeoutMs: 500,
    });
  });
});
