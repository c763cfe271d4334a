import { describe, expect, test } from "bun:test";
import { ipmitoolCommand } from "../../../../src/fence-agents/ipmi/ipmi-device.ts";
import { openIpmi } from "../../../../src/fence-agents/ipmi/open-ipmi.ts";
import { IPMI_OPTIONS } from "../../../../src/fence-agents/ipmi/options.ts";
import { parseOptions } from "../../../../src/fence-agents/options-file.ts";
import { AgentFolder, HOST, OTHER_HOST, play, type Settings } from "./agent-play.ts";

const folder = new AgentFolder("IPMI");
folder.scratch.script("bin/ipmitool", "echo Chassis Power is on");
const PATH = folder.scratch.at("bin");

async function status(hosts: string, conf = "", settings: Settings = {}) {
  folder.write("IPMI.hosts", hosts);
  folder.write("IPMI.conf", conf);
  return await play(openIpmi, folder, "status", { PATH, ...settings }, 1_000);
}

describe("IPMI_OPTIONS", () => {
  const table: readonly (readonly [string, object | string])[] = [
    ["", { PRIVILEGE: "OPERATOR", CIPHER: "", INTERFACE: "lanplus" }],
    [
      "CIPHER=3\nPRIVILEGE=ADMINISTRATOR\nINTERFACE=lan",
      { PRIVILEGE: "ADMINISTRATOR", CIPHER: "3", INTERFACE: "lan" },
    ],
    ["CIPHER=17", { CIPHER: "17" }],
    ["CIPHER=20", "line 1: CIPHER=20 is not valid"],
    ["CIPHER=3 -v", "line 1: CIPHER=3 -v is not valid"],
    ["PRIVILEGE=USER", "line 1: PRIVILEGE=USER is not valid"],
    ["INTERFACE=open", "line 1: INTERFACE=open is not valid"],
    ["PORT=1", "line 1: PORT is no option; there are PRIVILEGE, CIPHER, INTERFACE"],
  ];
  for (const [text, wanted] of table)
    test(JSON.stringify(text), () => {
      const parsed = parseOptions(text, IPMI_OPTIONS);
      if (typeof wanted === "string") expect(parsed).toEqual({ ok: false, why: wanted });
      else expect(parsed).toMatchObject({ ok: true, options: wanted });
    });
});

describe("ipmitoolCommand", () => {
  const commandWith = (conf: string) => {
    const parsed = parseOptions(conf, IPMI_OPTIONS);
    if (!parsed.ok) throw new Error(parsed.why);
    const target = {
      address: "192.0.2.7",
      port: 623,
      login: { user: "admin", password: "secret" },
      options: parsed.options,
    };
    return ipmitoolCommand(target, ["chassis", "power", "status"]).join(" ");
  };
  test("names the user, not the password, and does not wait for long", () =>
    expect(commandWith("")).toBe(
      "ipmitool -v -I lanplus -H 192.0.2.7 -p 623 -U admin -E -L OPERATOR -N 1 -R 2 chassis power status",
    ));
  test("a cipher suite, for IPMI 2.0 only", () => {
    expect(commandWith("CIPHER=3")).toContain("-L OPERATOR -C 3 -N");
    expect(commandWith("CIPHER=3\nINTERFACE=lan")).not.toContain("-C");
  });
  test("IPMI 1.5 has one try: it would repeat a login that is not answered, and a wrong password is not", () => {
    expect(commandWith("INTERFACE=lan")).toContain("-N 1 -R 1 chassis");
  });
});

describe("openIpmi", () => {
  test("a host that is listed has a BMC", async () =>
    expect(await status(`${HOST}:192.0.2.7`)).toMatchObject({ ok: true, says: "on" }));

  test("a host that is not listed cannot be fenced", async () =>
    expect((await status(`${OTHER_HOST}:192.0.2.7`)).says).toStartWith(
      `Cannot fence: ${HOST} is not listed in `,
    ));

  test("what is no address is refused", async () =>
    expect((await status(`${HOST}:192.0.2.7/1`)).says).toEndWith(
      "<host uuid>:<address of its BMC>[:<port>][:<user>]",
    ));

  test("FENCE_IPADDRESS is nobody's BMC", async () =>
    expect(await status("", "", { FENCE_IPADDRESS: "192.0.2.7" })).toMatchObject({ ok: false }));

  test("no user: it says where one may be written", async () =>
    expect((await status(`${HOST}:192.0.2.7`, "", { FENCE_USER: undefined })).says).toMatch(
      /^Cannot fence: no user for 192\.0\.2\.7; set FENCE_USER, or write it at the end of line 1 of .*IPMI\.hosts$/,
    ));

  test("no password: it says so instead of trying without", async () =>
    expect((await status(`${HOST}:192.0.2.7`, "", { FENCE_PASSWD: "" })).says).toBe(
      "Cannot fence: no password for admin at 192.0.2.7; set FENCE_PASSWD",
    ));

  test("the list's user is used, not FENCE_USER", async () => {
    folder.scratch.script("tells/ipmitool", 'echo "Address lookup for $* failed"; exit 1');
    const { said } = await status(`${HOST}:192.0.2.7:root`, "", { PATH: folder.scratch.at("tells") });
    expect(said[0]).toContain("-U root -E");
  });

  test("an answer that is none is quoted, and is no state", async () => {
    folder.scratch.script("garbage/ipmitool", "echo 'Chassis Power is offline'");
    const end = await status(`${HOST}:192.0.2.7`, "", { PATH: folder.scratch.at("garbage") });
    expect(end.ok).toBe(false);
    expect(end.says).toEndWith("192.0.2.7: ipmitool said: Chassis Power is offline");
  });

  test("an option that is wrong stops it", async () =>
    expect((await status(`${HOST}:192.0.2.7`, "CIPHER=strong")).says).toContain(
      "IPMI.conf: line 1: CIPHER=strong is not valid",
    ));

  test("without ipmitool it says what to do", async () =>
    expect((await status(`${HOST}:192.0.2.7`, "", { PATH: "/nowhere" })).says).toBe(
      "Cannot fence: ipmitool is not installed; run: yum install ipmitool, or use FENCE_METHOD=REDFISH",
    ));

  test("a list that others may write is not trusted with power", async () => {
    folder.write("IPMI.hosts", `${HOST}:192.0.2.7`, 0o666);
    expect((await play(openIpmi, folder, "stop", { PATH })).says).toContain("others may write it");
  });
});
