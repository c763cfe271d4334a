import { expect, test } from "bun:test";
import { asksInDialogue, explainFailure } from "../../../../src/adapters/ssh/fault.ts";
import type { SshTarget } from "../../../../src/adapters/ssh/target.ts";

const TARGET: SshTarget = {
  address: "192.0.2.7",
  port: 22,
  user: "admin",
  login: { kind: "password", password: "x" },
  legacy: false,
};
const CHANGED =
  "the host key of 192.0.2.7 is not the one that was pinned; if the device was replaced or reset, run: rm '/pins/192.0.2.7'";

/** What OpenSSH 7.4 and 9.2 write. */
const ROWS: readonly (readonly [string, string])[] = [
  // What PAM and controllers say of an account.
  [
    "Account locked due to 5 failed logins\r\nPermission denied (password).",
    "the account admin is locked; unlock it on the device, or wait until it does (Account locked due to",
  ],
  [
    "The account is locked due to 3 failed logins.\nPermission denied (password).",
    "the account admin is locked",
  ],
  ["Your account has been locked out.", "the account admin is locked"],
  ["Login temporarily disabled, try later.\nConnection closed by remote host", "the account admin is locked"],
  [
    "Your password has expired and must be changed.\nPermission denied",
    "the password of admin must be changed first",
  ],

  ["admin@192.0.2.7: Permission denied (publickey,password).", "the password of user admin was refused ("],
  ["Permission denied (password).\r\n", "the password of user admin was refused ("],
  [
    "Received disconnect from 192.0.2.7 port 22:2: Too many authentication failures",
    "the password of user admin",
  ],
  [
    "ssh: connect to host 192.0.2.7 port 22: Connection refused\r\n",
    "192.0.2.7 cannot be reached: connect to host 192.0.2.7 port 22: Connection refused",
  ],
  ["ssh: connect to host 192.0.2.7 port 22: No route to host", "192.0.2.7 cannot be reached: "],
  ["ssh: Could not resolve hostname ilo-7: Name or service not known", "192.0.2.7 cannot be reached: "],
  ["Connection timed out during banner exchange", "192.0.2.7 cannot be reached: "],
  ["@@@@@\r\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.", CHANGED],
  ["No RSA host key is known for 192.0.2.7 and you have requested strict checking.", CHANGED],
  [
    "Unable to negotiate with 192.0.2.7 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1",
    "no common algorithm (Unable to negotiate with 192.0.2.7 port 22: no matching",
  ],
  ["Timeout, server 192.0.2.7 not responding.", "the connection was lost: Timeout"],
  ["kex_exchange_identification: Connection closed by remote host", "the connection was lost: "],
  ["command-line line 0: Bad configuration option", "ssh failed: command-line line 0: Bad"],
  ["Warning: Permanently added '192.0.2.7' (RSA) to the list of known hosts.\r\nbye", "ssh failed: bye"],
  ["Warning: Permanently added '192.0.2.7' (RSA) to the list of known hosts.\r\n", "the connection ended"],
  [
    "Access is refused to strangers\r\nPermission denied (password).",
    "the password of user admin was refused (",
  ],
  ["", "the connection ended without an answer"],
  ["\r\n\r\n", "the connection ended without an answer"],
];

test.each(ROWS)("explainFailure: %p", (errors, why) => {
  expect(explainFailure(errors, TARGET, "/pins/192.0.2.7").why).toStartWith(why);
});

const FINAL: readonly (readonly [string, boolean])[] = [
  ["Permission denied (password).", true],
  ["Account locked due to 5 failed logins", true],
  ["Host key verification failed.", true],
  ["Unable to negotiate with 192.0.2.7 port 22: no matching cipher found.", true],
  ["ssh: connect to host 192.0.2.7 port 22: Connection refused", false],
  ["kex_exchange_identification: Connection closed by remote host", false],
  ["Not allowed at this time", false],
  ["", false],
];

test.each(FINAL)("explainFailure: %p is final: %p", (errors, final) => {
  expect(explainFailure(errors, TARGET, "/pins").final).toBe(final);
});

test.each([
  ["root@192.0.2.7: Permission denied (publickey,keyboard-interactive).", true],
  ["Permission denied (keyboard-interactive).\r\n", true],
  ["Permission denied (publickey,password,keyboard-interactive).", false],
  ["Permission denied (password).", false],
  ["Permission denied (publickey).", false],
  ["keyboard-interactive", false],
  ["", false],
])("asksInDialogue: %p is %p", (errors, expected) => {
  expect(asksInDialogue(errors)).toBe(expected);
});

test("explainFailure: a key that was refused is called a key", () => {
  const login = { kind: "key", path: "/root/ilo_key" } as const;
  const said = explainFailure("Permission denied (publickey).", { ...TARGET, login }, "/pins");
  expect(said.why).toStartWith("the key /root/ilo_key of user admin was refused");
  expect(said.refused).toBe(true);
});
