import { describe, expect, test } from "bun:test";
import { authorityOf } from "../../../../src/fence-agents/address.ts";
import { chooseSystem } from "../../../../src/fence-agents/redfish/choose-system.ts";
import { hostHeaderOf, pathOnDevice } from "../../../../src/fence-agents/redfish/endpoint.ts";
import { readErrorTexts } from "../../../../src/fence-agents/redfish/error-text.ts";
import {
  isSameMachine,
  otherByteOrder,
  readMachineId,
} from "../../../../src/fence-agents/redfish/machine-id.ts";
import { chooseResetType } from "../../../../src/fence-agents/redfish/reset-type.ts";
import { readActionInfo, readMembers, readSystem } from "../../../../src/fence-agents/redfish/resources.ts";
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
  test("UUIDs are shown in lower case; what is no UUID, and what means none, is none", () => {
    const UUID = "AAAAAAAA-2222-3333-4444-555555555555";
    expect(readSystem({ Id: "1", UUID })).toMatchObject({ id: "1", uuid: UUID.toLowerCase(), reset: null });
    expect(readSystem({ Id: 1, UUID: 7 })).toMatchObject({ id: null, uuid: null });
    const none = ["AB-CD", "", "N/A", "00000000-0000-0000-0000-000000000000", "F".repeat(32)];
    for (const text of none) expect(readSystem({ UUID: text }).uuid).toBeNull();
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
  const table: readonly (readonly [Record<string, unknown>, object | string])[] = [
    [
      { Members: [link("/a")], "Members@odata.count": 1 },
      { links: ["/a"], count: 1, odd: 0, next: null },
    ],
    [{ Members: [link("/a"), link("/b")] }, { links: ["/a", "/b"], count: null }],
    [{ Members: [] }, { links: [], count: null }],
    [
      { Members: [link("/a")], "Members@odata.count": "2" },
      { links: ["/a"], count: 2 },
    ],
    [{ Members: [link("/a")], "Members@odata.count": "many" }, { count: null }],
    [{ Members: [link("/a")], "Members@odata.count": 1.5 }, { count: null }],
    [
      { Members: [link("/a")], "Members@odata.nextLink": "/b" },
      { links: ["/a"], next: "/b" },
    ],
    [{ Members: [], "@odata.nextLink": link("/b") }, { next: "/b" }],
    [{ Members: [link("/a"), { href: "/b" }, null, 7] }, { links: ["/a"], odd: 3 }],
    [{ Members: link("/a") }, { links: ["/a"], odd: 0 }],
    [{ Members: { "0": link("/a") } }, "its list of systems has no Members"],
    [{}, "its list of systems has no Members"],
  ];
  for (const [collection, wanted] of table)
    test(JSON.stringify(collection), () => {
      const members = readMembers(collection);
      if (typeof wanted === "string") expect(members).toBe(wanted);
      else expect(members).toMatchObject(wanted);
    });
});

describe("a machine's UUID", () => {
  const A = "11223344-5566-7788-99aa-bbccddeeff00";
  const digits = A.replaceAll("-", "");
  const spellings: readonly (readonly [string, string | null])[] = [
    [A, digits],
    [A.toUpperCase(), digits],
    [digits, digits],
    [`{${A}}`, digits],
    [`urn:uuid:${A}`, digits],
    [` ${A}\n`, digits],
    [A.slice(1), null],
    [`${A}0`, null],
    ["System.Embedded.1", null],
    ["00000000-0000-0000-0000-000000000000", null],
    ["ffffffff-FFFF-ffff-ffff-ffffffffffff", null],
    ["", null],
  ];
  test.each(spellings)("readMachineId: %p", (text, wanted) => expect(readMachineId(text)).toBe(wanted));

  test("the other byte order turns the first three fields", () => {
    const other = "44332211-6655-8877-99aa-bbccddeeff00".replaceAll("-", "");
    expect(otherByteOrder(digits)).toBe(other);
    expect(otherByteOrder(other)).toBe(digits);
    expect(isSameMachine(digits, other)).toBe(true);
    expect(isSameMachine(digits, digits)).toBe(true);
    expect(isSameMachine(digits, `${digits.slice(0, -1)}1`)).toBe(false);
  });
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
    expect(chooseSystem(A, [readSystem({ UUID: A }), readSystem({ UUID: A })])).toStartWith("several");
  });
  test("a UUID is taken for an Id where the system has no UUID of its own", () =>
    expect(chooseSystem(A.toUpperCase(), [readSystem({ Id: A })])).toMatchObject({ id: A }));
  test("two that differ only in the byte order: the exact one is meant", () => {
    const TURNED = "44332211-6655-8877-4444-555555555555";
    const PLAIN = "11223344-5566-7788-4444-555555555555";
    const both = [readSystem({ Id: "1", UUID: TURNED }), readSystem({ Id: "2", UUID: PLAIN })];
    expect(chooseSystem(PLAIN, both)).toMatchObject({ id: "2" });
    expect(chooseSystem(TURNED, both)).toMatchObject({ id: "1" });
    expect(chooseSystem(PLAIN, both.slice(0, 1))).toMatchObject({ id: "1" });
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
  test("the Host header: an IPv6 address has brackets and no zone, the usual port is not named", () => {
    expect(hostHeaderOf(four)).toBe("192.0.2.7");
    expect(hostHeaderOf(six)).toBe("[2001:db8::7]:8443");
    expect(hostHeaderOf({ address: "fe80::1%eth0", port: 443 })).toBe("[fe80::1]");
  });
  test("for people, and for the name of a pin: brackets only where a port follows", () => {
    expect(authorityOf(four, 443)).toBe("192.0.2.7");
    expect(authorityOf(four, 22)).toBe("192.0.2.7:443");
    expect(authorityOf(six, 8_443)).toBe("2001:db8::7");
    expect(authorityOf(six, 443)).toBe("[2001:db8::7]:8443");
  });

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

describe("readErrorTexts", () => {
  const rows: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["DMTF's", errorBody("X", "Not now."), ["Not now.", "Base.1.18.X"]],
    ["its own words, when there are no others", { error: { message: "General." } }, ["General."]],
    [
      "an empty sentence is none",
      { error: { "@Message.ExtendedInfo": [{ Message: "", MessageID: "A.B" }] } },
      ["A.B"],
    ],
    ["one object", { error: { "@Message.ExtendedInfo": { MessageId: "A.B" } } }, ["A.B"]],
    ["a list of texts", { error: { "@Message.ExtendedInfo": ["No."] } }, ["No."]],
    ["names in other letters", { Error: { "@message.extendedinfo": [{ message: "No." }] } }, ["No."]],
    ["beside the error", { "@Message.ExtendedInfo": [{ Message: "No." }] }, ["No."]],
    ["an old iLO's", { Messages: [{ MessageID: "iLO.0.10.X" }], Type: "ExtendedError" }, ["iLO.0.10.X"]],
    [
      "one that says nothing, then one that says something",
      { error: { "@Message.ExtendedInfo": [{ MessageId: "Base.1.0.GeneralError" }, { Message: "No." }] } },
      ["No."],
    ],
    ["nothing but general words", { error: { message: "See ExtendedInfo" } }, ["See ExtendedInfo"]],
    ["no error", { error: 7 }, []],
    ["a list", [], []],
  ];
  test.each(rows)("%s", (_, body, wanted) =>
    expect(readErrorTexts(JSON.stringify(body))).toEqual([...wanted]),
  );

  test("a page of the web server: its title, else its text; nothing is nothing", () => {
    expect(
      readErrorTexts("<html><head><title> 400 Bad Request </title></head><body>x</body></html>"),
    ).toEqual(["400 Bad Request"]);
    expect(readErrorTexts("<h1>Bad\n Gateway</h1>")).toEqual(["Bad Gateway"]);
    expect(readErrorTexts("")).toEqual([]);
  });

  test("a thousand messages are not all read", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({ Message: `No ${index}` }));
    expect(readErrorTexts(JSON.stringify({ error: { "@Message.ExtendedInfo": many } }))).toHaveLength(16);
  });
});
