import { describe, expect, test } from "bun:test";
import { findOperator, operatorOf, type Traces } from "../../../../src/adapters/processes/operator.ts";

const PASSWD = "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n";
const NOBODY = "4294967295";
const stat = (device: number) => `77 (a ) name) S 1 77 77 ${device} 77 4194560 0`;
const who = (over: Partial<Traces>) =>
  operatorOf({ uid: 0, loginUid: null, sudoUser: null, passwd: PASSWD, stat: null, ...over });

describe("operatorOf: user", () => {
  const rows: readonly (readonly [string, Partial<Traces>, string])[] = [
    ["root has logged in", { loginUid: "0" }, "root"],
    ["alice by sudo, as the kernel knows", { loginUid: "1000\n", sudoUser: "mallory" }, "alice as root"],
    ["alice by sudo, where nobody counts logins", { loginUid: NOBODY, sudoUser: "alice" }, "alice as root"],
    ["a job of cron", { loginUid: NOBODY }, "root"],
    ["an account that the files do not have", { loginUid: "70001" }, "uid 70001 as root"],
    ["no files at all", { passwd: null }, "root"],
  ];
  for (const [what, traces, user] of rows) test(what, () => expect(who(traces).user).toBe(user));
});

describe("operatorOf: terminal", () => {
  const rows: readonly (readonly [number, string | null])[] = [
    [0, null],
    [(136 << 8) | 3, "pts/3"],
    [(137 << 8) | 1, "pts/257"],
    [(229 << 8) | 0, "hvc0"],
    [(4 << 8) | 1, "tty1"],
    [(4 << 8) | 64, "ttyS0"],
    [(5 << 8) | 1, "console"],
  ];
  for (const [device, terminal] of rows)
    test(`${device} is ${terminal}`, () => expect(who({ stat: stat(device) }).terminal).toBe(terminal));
});

test("findOperator: this process has a user", () => expect(findOperator("/").user).not.toBe(""));
