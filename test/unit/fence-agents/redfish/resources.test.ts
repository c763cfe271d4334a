import { describe, expect, test } from "bun:test";
import { chooseSystem } from "../../../../src/fence-agents/redfish/choose-system.ts";
import {
  authorityOf,
  parseDeviceField,
  pathOnDevice,
} from "../../../../src/fence-agents/redfish/endpoint.ts";
import { chooseResetType } from "../../../../src/fence-agents/redfish/reset-type.ts";
import {
  readActionInfo,
  readErrorMessage,
  readMembers,
  readSystem,
} from "../../../../src/fence-agents/redfish/resources.ts";
import { errorBody, resetActionInfo } from "../../../tools/devices/redfish/resources.ts";

const link = (path: string) => ({ "@odata.id": path });

describe("readSystem: PowerState", () => {
  const table: readonly (readonly [unknown, string])[] = [
    ["On", "on"],
    ["Off", "off"],
    ["PoweringOff", "between"],
    ["PoweringOn", "between"],
    ["Paused", "between"],
    ["off", "unknown"],
    ["OFF", "unknown"],
    ["Off ", "unknown"],
    ["Unknown", "unknown"],
    ["", "unknown"],
    [null, "unknown"],
    [undefined, "unknown"],
    [false, "unknown"],
    [["Off"], "unknown"],
    [{ Off: true }, "unknown"],
  ];
  for (const [PowerState, kind] of table)
    test(`${JSON.stringify(PowerState)} is ${kind}`, () =>
      expect(readSystem({ PowerState }).power.kind).toBe(kind as "on"));
  test("the word is in the reason", () =>
    expect(readSystem({ PowerState: "PoweringOff" }).power).toEqual({
      kind: "between",
      why: "its PowerState is PoweringOff",
    }));
});

describe("readSystem: identity and action", () => {
  test("UUIDs are compared in lower case; what is no text is none", () => {
    expect(readSystem({ Id: "1", UUID: "AB-CD" })).toMatchObject({ id: "1", uuid: "ab-cd", reset: null });
    expect(readSystem({ Id: 1, UUID: 7 })).toMatchObject({ id: null, uuid: null });
  });
  const actions: readonly (readonly [unknown, object | null])[] = [
    [{ target: "/x" }, { target: "/x", allowed: null, infoLink: null }],
    [{ target: "/x", "ResetType@Redfish.AllowableValues": ["On"] }, { allowed: ["On"] }],
    [{ target: "/x", "ResetType@Redfish.AllowableValues": "On" }, { allowed: null }],
    [{ target: "/x", "@Redfish.ActionInfo": "/info" }, { infoLink: "/info" }],
    [{ target: 7 }, null],
    [{}, null],
    ["/x", null],
  ];
  for (const [action, wanted] of actions)
    test(`action ${JSON.stringify(action)}`, () => {
      const { reset } = readSystem({ Actions: { "#ComputerSystem.Reset": action } });
      if (wanted === null) expect(reset).toBeNull();
      else expect(reset).toMatchObject(wanted);
    });
});

describe("readMembers", () => {
  const table: readonly (readonly [Record<string, unknown>, readonly string[] | string])[] = [
    [{ Members: [link("/a")], "Members@odata.count": 1 }, ["/a"]],
    [{ Members: [link("/a"), link("/b")] }, ["/a", "/b"]],
    [{ Members: [] }, []],
    [{ Members: [link("/a")], "Members@odata.count": 2 }, "its list of systems is not complete"],
    [{ Members: [link("/a")], "Members@odata.nextLink": "/b" }, "its list of systems is not complete"],
    [{ Members: [link("/a"), { href: "/b" }] }, "its list of systems is not complete"],
    [{ Members: { "0": link("/a") } }, "its list of systems has no Members"],
    [{}, "its list of systems has no Members"],
  ];
  for (const [collection, wanted] of table)
    test(JSON.stringify(collection), () => expect(readMembers(collection)).toEqual(wanted));
});

describe("chooseSystem", () => {
  const A = "11111111-2222-3333-4444-555555555555";
  const B = "aaaaaaaa-2222-3333-4444-555555555555";
  const systems = [readSystem({ Id: "1", UUID: A }), readSystem({ Id: "2", UUID: B.toUpperCase() })];
  const table: readonly (readonly [string, string])[] = [
    [A, "1"],
    [B, "2"],
    [B.toUpperCase(), "2"],
    ["2", "2"],
    ["3", `it is another machine than system 3; it has Id 1 UUID ${A}, Id 2 UUID ${B}`],
  ];
  for (const [wanted, id] of table)
    test(`${wanted}: ${id}`, () => {
      const chosen = chooseSystem(wanted, systems);
      expect(typeof chosen === "string" ? chosen : chosen.id).toBe(id);
    });
  test("a UUID is never taken for an Id, and twice the same is none", () => {
    expect(chooseSystem(A, [readSystem({ Id: A, UUID: B })])).toStartWith("it is another machine");
    expect(chooseSystem("1", [readSystem({ Id: "1" }), readSystem({ Id: "1" })])).toStartWith("several");
  });
});

describe("chooseResetType", () => {
  const table: readonly (readonly ["on" | "off", readonly string[] | null, string])[] = [
    ["off", null, "ForceOff"],
    ["off", ["On", "ForceOff"], "ForceOff"],
    [
      "off",
      ["On", "GracefulShutdown", "PushPowerButton"],
      "it does not offer ForceOff, only On, GracefulShutdown, PushPowerButton",
    ],
    ["off", [], "it does not offer ForceOff, only nothing"],
    ["on", null, "On"],
    ["on", ["ForceOn", "ForceOff"], "ForceOn"],
    ["on", ["ForceOff"], "it does not offer On, only ForceOff"],
  ];
  for (const [to, allowed, wanted] of table)
    test(`${to} of ${allowed}`, () => {
      const choice = chooseResetType(to, allowed);
      expect("type" in choice ? choice.type : choice.why).toBe(wanted);
    });

  test("an ActionInfo says what is offered, or nothing that can be used", () => {
    expect(readActionInfo({ ...resetActionInfo("1", ["On"]) })).toEqual(["On"]);
    expect(readActionInfo({ Parameters: [{ Name: "Other", AllowableValues: ["On"] }] })).toBeNull();
    expect(readActionInfo({})).toBeNull();
  });
});

describe("endpoint", () => {
  const four = { address: "192.0.2.7", port: 443 };
  const six = { address: "2001:db8::7", port: 8443 };
  test("an IPv6 address has brackets, the usual port is not named", () => {
    expect(authorityOf(four)).toBe("192.0.2.7");
    expect(authorityOf(six)).toBe("[2001:db8::7]:8443");
  });

  const fields: readonly (readonly [string, object | string])[] = [
    ["192.0.2.7", { address: "192.0.2.7", system: null }],
    ["192.0.2.7/System.Embedded.1", { address: "192.0.2.7", system: "System.Embedded.1" }],
    ["2001:db8::7/2", { address: "2001:db8::7", system: "2" }],
    ["192.0.2.7/", "192.0.2.7/ is not <address>/<Id or UUID of a system>"],
    ["192.0.2.7/a/b", "192.0.2.7/a/b is not <address>/<Id or UUID of a system>"],
    ["a@b", "a@b is no address"],
    ["/1", "/1 is no address"],
  ];
  for (const [field, wanted] of fields)
    test(`device field ${field}`, () => expect<unknown>(parseDeviceField(field)).toEqual(wanted));

  const paths: readonly (readonly [string, string | null])[] = [
    ["/redfish/v1/Systems", "/redfish/v1/Systems"],
    ["/redfish/v1/Systems?$top=5", "/redfish/v1/Systems?$top=5"],
    ["https://192.0.2.7/redfish/v1/", "/redfish/v1/"],
    ["HTTPS://192.0.2.7/redfish/v1/", "/redfish/v1/"],
    ["http://192.0.2.7/redfish/v1/", null],
    ["https://192.0.2.8/redfish/v1/", null],
    ["https://192.0.2.7.example.net/", null],
    ["https://192.0.2.7@192.0.2.8/", null],
    ["https://192.0.2.7//192.0.2.8/", null],
    ["//192.0.2.8/redfish", null],
    ["/\\192.0.2.8/redfish", null],
    ["redfish/v1", null],
    ["/a b", null],
    ["/a\r\nHost: x", null],
    ["/a#b", null],
    [`/${"a".repeat(2_000)}`, null],
    ["", null],
  ];
  for (const [given, path] of paths)
    test(`link ${JSON.stringify(given.slice(0, 40))}: ${path === null ? "elsewhere" : "here"}`, () =>
      expect(pathOnDevice(given, four)).toBe(path));
});

describe("readErrorMessage", () => {
  test("the message of the extended info, or what there is", () => {
    expect(readErrorMessage(JSON.stringify(errorBody("X", "Not now.")))).toBe("Not now.");
    expect(readErrorMessage('{"error":{"message":"General."}}')).toBe("General.");
    for (const text of ["", "<html>", "[]", '{"error":7}', '{"error":{"@Message.ExtendedInfo":"x"}}'])
      expect(readErrorMessage(text)).toBe("");
  });
});
