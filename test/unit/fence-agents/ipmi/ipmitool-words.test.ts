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

describe("explainFailure", () => {
  /** What ipmitool 1.8.18 and 1.8.19 say with -v. */
  const table: readonly (readonly [string, string])[] = [
    [
      `${CHATTER}> RAKP 2 HMAC is invalid\n${GAVE_UP}`,
      "wrong password (ipmitool said: > RAKP 2 HMAC is invalid)",
    ],
    [
      `Unable to Get Channel Cipher Suites\n> RAKP 2 HMAC is invalid\n${GAVE_UP}`,
      "wrong password (ipmitool said: > RAKP 2 HMAC is invalid)",
    ],
    [
      `${CHATTER}RAKP 2 message indicates an error : unauthorized name\n${GAVE_UP}`,
      "the BMC knows no such user (ipmitool said: RAKP 2 message indicates an error : unauthorized name)",
    ],
    [
      `RAKP 2 message indicates an error : unauthorized role or privilege level requested\n${GAVE_UP}`,
      "the user has not this privilege; see PRIVILEGE in IPMI.conf (ipmitool said: RAKP 2 message indicates an error : unauthorized role or privilege level requested)",
    ],
    [
      "Activate Session error:\tRequested privilege level exceeds limit\nError: Unable to establish LAN session\n",
      "the user has not this privilege; see PRIVILEGE in IPMI.conf (ipmitool said: Activate Session error: Requested privilege level exceeds limit)",
    ],
    [
      `Error in open session response message : invalid authentication algorithm\n\n${GAVE_UP}`,
      "the BMC refuses this cipher suite; see CIPHER in IPMI.conf (try 3, then 17) (ipmitool said: Error in open session response message : invalid authentication algorithm)",
    ],
    [
      `Get Auth Capabilities error\nError issuing Get Channel Authentication Capabilities request\n${GAVE_UP}`,
      "it does not answer: unreachable, no power, or IPMI over LAN is off (ipmitool said: Get Auth Capabilities error)",
    ],
    [
      `Address lookup for bmc7 failed\nCould not open socket!\n${GAVE_UP}`,
      "its address cannot be found (ipmitool said: Address lookup for bmc7 failed)",
    ],
    [
      `${CHATTER}${PRIVILEGE_CHATTER}Set Chassis Power Control to Down/Off failed: Insufficient privilege level\n`,
      "the user may not switch power (ipmitool said: Set Chassis Power Control to Down/Off failed: Insufficient privilege level)",
    ],
    [
      `${CHATTER}${PRIVILEGE_CHATTER}Get Chassis Power Status failed: Unspecified error\n`,
      "ipmitool said: Get Chassis Power Status failed: Unspecified error",
    ],
    [
      "lanplus: password is longer than 20 bytes.\n",
      "the password is longer than IPMI allows (ipmitool said: lanplus: password is longer than 20 bytes.)",
    ],
    ["", "ipmitool said: nothing"],
    [GAVE_UP, "ipmitool said: nothing"],
  ];
  for (const [output, words] of table)
    test(words, () => expect(explainFailure(output, "secret")).toBe(words));

  test("a secret that a BMC or ipmitool repeats is not passed on", () =>
    expect(explainFailure("bad password secret for admin", "secret")).toBe(
      "ipmitool said: bad password *** for admin",
    ));

  test("what a BMC says cannot write a second line, nor colours, nor without end", () => {
    const said = explainFailure(`a\x1b[31mb\u0007${"x".repeat(10_000)}`, "secret");
    expect(said).toStartWith("ipmitool said: a [31mb xxx");
    expect(said.length).toBeLessThan(200);
  });
});
