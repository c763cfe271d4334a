import { describe, expect, test } from "bun:test";
import { explainFailure, readPowerWord } from "../../../../src/fence-agents/ipmi/ipmitool-words.ts";

describe("readPowerWord", () => {
  const table: readonly (readonly [string, "on" | "off" | null])[] = [
    ["Chassis Power is on\n", "on"],
    ["Chassis Power is off\n", "off"],
    ["Chassis Power is off\r\nLoading IANA PEN Registry...\n", "off"],
    ["", null],
    ["off\n", null],
    ["Chassis Power is \n", null],
    ["Chassis Power is offline\n", null],
    ["Chassis Power is OFF\n", null],
    ["Chassis Power is on or Chassis Power is off\n", null],
    ["  Chassis Power is off\n", null],
    ["Error: Chassis Power is off\n", null],
    ["Chassis Power Control: Down/Off\n", null],
    ["Chassis Power is on\nChassis Power is off\n", null],
    ["Chassis Power is off\nChassis Power is off\n", null],
  ];
  for (const [output, word] of table)
    test(`${JSON.stringify(output)} is ${word ?? "neither"}`, () => expect(readPowerWord(output)).toBe(word));
});

const GAVE_UP = "Error: Unable to establish IPMI v2 / RMCP+ session\n";
const CHATTER = "Loading IANA PEN Registry...\nGet HPM.x Capabilities request failed, compcode = d4\n";
const PRIVILEGE_CHATTER = "Invalid completion code received: Insufficient privilege level\n";
const explain = (output: string, exitCode: number | null = 1, signal: string | null = null) =>
  explainFailure({ output, exitCode, signal }, "secret");

const PASSWORD = "wrong password";
const USER = "the BMC knows no such user";
const SESSIONS = "the BMC has no free session; close its web console";
const CIPHER = "the BMC refuses this cipher suite; see CIPHER in IPMI.conf (try 3, then 17)";
const PRIVILEGE = "the user has not this privilege; see PRIVILEGE in IPMI.conf";
const SILENT = "it does not answer: unreachable, no power, or IPMI over LAN is off";
const LOGIN_SILENT = "the BMC fell silent during the login";
const LOST = "the BMC has lost the session";
const NAME = "its address cannot be found; see its line in IPMI.hosts";
const openSession = (word: string) => `Error in open session response message : ${word}\n\n${GAVE_UP}`;
const rakp = (number: 2 | 4, word: string) =>
  `RAKP ${number} message indicates an error : ${word}\n${GAVE_UP}`;

describe("explainFailure: cause and cure, and whether asking again can help", () => {
  /** What ipmitool 1.8.11 to 1.8.19 say with -v: output, the beginning of the reason, whether it is final. */
  const table: readonly (readonly [string, string, boolean])[] = [
    // The password and the user.
    [`${CHATTER}> RAKP 2 HMAC is invalid\n${GAVE_UP}`, PASSWORD, true],
    [`Unable to Get Channel Cipher Suites\n> RAKP 2 HMAC is invalid\n${GAVE_UP}`, PASSWORD, true],
    [rakp(2, "invalid integrity check value"), PASSWORD, true],
    [rakp(4, "invalid integrity check value"), PASSWORD, true],
    [`> RAKP 4 message has invalid integrity check value\n${GAVE_UP}`, PASSWORD, true],
    [`${CHATTER}${rakp(2, "unauthorized name")}`, USER, true],
    [rakp(2, "invalid name length"), USER, true],
    ["Invalid user name\nError: Unable to establish LAN session\n", USER, true],
    ["NULL user name not enabled\nError: Unable to establish LAN session\n", USER, true],
    [rakp(2, "unauthorized GUID"), "the BMC refuses this session's GUID", true],
    ["lanplus: password is longer than 20 bytes.\n", "the password is longer than IPMI allows", true],
    [`ERROR: user name too long.  (Exceeds 16 characters)\n${GAVE_UP}`, "the user's name is longer", true],
    ["User account is locked out\n", "the account is locked", true],
    ["Activate Session command failed\n", "no session, probably a wrong password", true],
    // It has no time for us.
    [openSession("insufficient resources for session"), SESSIONS, false],
    [openSession("insufficient resources to create a session"), SESSIONS, false],
    [rakp(2, "insufficient resources for role"), SESSIONS, false],
    ["Activate Session error:\tNo session slot available\n", SESSIONS, false],
    ["Activate Session error:\n\tNo slot available for given user - limit reached\n", SESSIONS, false],
    ["Get Chassis Power Status failed: Node busy\n", "the BMC is busy", false],
    ["Set Chassis Power Control to Down/Off failed: Node busy\n", "the BMC is busy", false],
    ["Get Chassis Power Status failed: SDR Repository in update mode\n", "the BMC starts", false],
    [
      "Set Chassis Power Control to Down/Off failed: BMC initialization in progress\n",
      "the BMC starts",
      false,
    ],
    ["Set Chassis Power Control to Up/On failed: Command not supported in present state\n", "the BMC", false],
    [rakp(2, "inactive session ID"), LOST, false],
    [rakp(4, "invalid session ID"), LOST, false],
    ["Activate Session error:\tSession sequence out of range\n", LOST, false],
    [`Error: Received an Unexpected RAKP 2 message\n${GAVE_UP}`, LOST, false],
    ["ERROR: Received message with invalid authcode!\n", LOST, false],
    // Both sides cannot agree.
    [openSession("invalid authentication algorithm"), CIPHER, true],
    [openSession("no matching cipher suite"), CIPHER, true],
    [openSession("no cipher suite match with proposed security algorithms"), CIPHER, true],
    [openSession("no matching integrity payload"), CIPHER, true],
    [openSession("no matching authentication algorithm"), CIPHER, true],
    [rakp(2, "invalid confidentiality algorithm"), CIPHER, true],
    [rakp(2, "invalid integrity algorithm"), CIPHER, true],
    ["Unsupported cipher suite ID : 20\n", CIPHER, true],
    ["Integrity algorithm 0x01 is not what we requested 0x04\n", CIPHER, true],
    [rakp(2, "illegal parameter"), "the BMC does not understand the login", true],
    [openSession("invalid payload type"), "the BMC does not understand the login", true],
    [
      `This BMC does not support IPMI v2 / RMCP+\n${GAVE_UP}`,
      "the BMC knows only IPMI 1.5; set INTERFACE=lan",
      true,
    ],
    ["Authentication type NONE not supported\n", "the BMC refuses INTERFACE=lan; use lanplus", true],
    ["No supported authtypes found!\n", "the BMC refuses INTERFACE=lan; use lanplus", true],
    // What the user may.
    [rakp(2, "unauthorized role or privilege level requested"), PRIVILEGE, true],
    [rakp(2, "unauthorized role requested"), PRIVILEGE, true],
    [openSession("invalid role"), PRIVILEGE, true],
    ["Activate Session error:\tRequested privilege level exceeds limit\n", PRIVILEGE, true],
    ["Set Session Privilege Level to OPERATOR failed: Unknown (0x81)\n", PRIVILEGE, true],
    [
      `${CHATTER}${PRIVILEGE_CHATTER}Set Chassis Power Control to Down/Off failed: Insufficient privilege level\n`,
      "the user may not switch power; see PRIVILEGE",
      true,
    ],
    // Nobody answers.
    [
      `Get Auth Capabilities error\nError issuing Get Channel Authentication Capabilities request\n${GAVE_UP}`,
      SILENT,
      false,
    ],
    ["  No response from remote controller\nUnable to send IPMI presence ping packet\n", SILENT, false],
    ["Received IPMI/RMCP response packet: IPMI NOT Supported\n", SILENT, false],
    ["connect failed: Network is unreachable\n", SILENT, false],
    ["IPMI LAN send command failed\n", SILENT, false],
    [`> Error: no response from RAKP 1 message\n${GAVE_UP}`, LOGIN_SILENT, false],
    [`> Error: no response from RAKP 3 message\n${GAVE_UP}`, LOGIN_SILENT, false],
    [`Timeout in open session response message.\n${GAVE_UP}`, LOGIN_SILENT, false],
    ["Set Session Privilege Level to OPERATOR failed\n", "the BMC fell silent after the login", false],
    ["Unable to get Chassis Power Status\n", "the BMC fell silent after the login", false],
    ["Get Chassis Power Status failed: Timeout\n", "the BMC fell silent after the login", false],
    [`Address lookup for bmc7 failed\nCould not open socket!\n${GAVE_UP}`, NAME, false],
    ["Interface address lookup for eth9 failed\n", NAME, false],
    // ipmitool itself.
    ["Error loading interface lanplus\n", "this ipmitool cannot speak IPMI 2.0", true],
    ["ipmitool: invalid option -- 'Z'\n", "this ipmitool is too old", true],
  ];
  for (const [output, means, final] of table)
    test(JSON.stringify(output.replace(GAVE_UP, "…")), () => {
      const { why, final: isFinal } = explain(output);
      expect(why).toStartWith(means);
      expect(why).toContain("(ipmitool said: ");
      expect(isFinal).toBe(final);
    });

  test("its own words are the line of the cause", () =>
    expect(explain(`${CHATTER}> RAKP 2 HMAC is invalid\n${GAVE_UP}`).why).toBe(
      "wrong password (ipmitool said: > RAKP 2 HMAC is invalid)",
    ));
});

describe("explainFailure: the first cause counts", () => {
  test("silent during the login, and then a complaint about the privilege", () => {
    const output = `> Error: no response from RAKP 1 message\nSet Session Privilege Level to OPERATOR failed: Insufficient privilege level\n${GAVE_UP}`;
    expect(explain(output).why).toStartWith(LOGIN_SILENT);
  });

  test("a wrong password, and then a session that cannot be closed", () => {
    const output = `> RAKP 2 HMAC is invalid\n${GAVE_UP}Close Session command failed\nNo session slot available\n`;
    expect(explain(output).why).toStartWith(PASSWORD);
  });

  test("ended by a signal: the cause, and the signal", () => {
    const assertion = "ipmitool: lanplus.c:2801: ipmi_lanplus_build_v2x_msg: Assertion `0' failed.\n";
    const { why, final } = explain(`> Error: no response from RAKP 3 message\n${assertion}`, null, "SIGABRT");
    expect(why).toStartWith(LOGIN_SILENT);
    expect(why).toEndWith("no response from RAKP 3 message; ipmitool was ended by SIGABRT)");
    expect(final).toBe(false);
    expect(explain(assertion, null, "SIGABRT").why).toBe("ipmitool was ended by SIGABRT");
    expect(explain("", null, "SIGKILL").why).toBe("ipmitool was ended by SIGKILL");
  });

  test("nothing at all: how it ended, and how to look", () => {
    for (const output of ["", GAVE_UP, CHATTER])
      expect(explain(output).why).toBe(
        "ipmitool ended with exit status 1 and said nothing; run it by hand: ipmitool -vv -I lanplus -H <BMC> -U <user> -a chassis power status",
      );
    expect(explain("", null).why).toStartWith("ipmitool could not be started; run: yum install ipmitool");
  });

  test("words that nobody knows are quoted, the last ones", () =>
    expect(
      explain(`${CHATTER}${PRIVILEGE_CHATTER}Get Chassis Power Status failed: Unspecified error\n`),
    ).toEqual({
      why: "ipmitool said: Get Chassis Power Status failed: Unspecified error",
      final: false,
    }));

  test("a secret that a BMC or ipmitool repeats is not passed on", () =>
    expect(explain("bad password secret for admin").why).toBe("ipmitool said: bad password *** for admin"));

  test("what a BMC says cannot write a second line, nor colours, nor without end", () => {
    const said = explain(`a\x1b[31mb\u0007${"x".repeat(10_000)}`).why;
    expect(said).toStartWith("ipmitool said: a [31mb xxx");
    expect(said.length).toBeLessThan(200);
    expect(explain("noise\n".repeat(100_000)).why).toBe("ipmitool said: noise");
  });
});
