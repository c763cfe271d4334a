import { expect, test } from "bun:test";
import { explainFailure } from "../../../../src/fence-agents/ssh/fault.ts";
import type { SshTarget } from "../../../../src/fence-agents/ssh/target.ts";

const TARGET: SshTarget = {
  address: "192.0.2.7",
  user: "admin",
  login: { kind: "password", password: "x" },
  legacy: false,
};
const CHANGED =
  "the host key of 192.0.2.7 is not the one that was pinned; if the device was replaced or reset, run: rm '/pins/192.0.2.7'";

/** What OpenSSH 7.4 and 9.2 write. */
const ROWS: readonly (readonly [string, string])[] = [
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
  expect(explainFailure(errors, TARGET, "/pins/192.0.2.7")).toStartWith(why);
});

test("explainFailure: a key that was refused is called a key", () => {
  const login = { kind: "key", path: "/root/ilo_key" } as const;
  const said = explainFailure("Permission denied (publickey).", { ...TARGET, login }, "/pins");
  expect(said).toStartWith("the key /root/ilo_key of user admin was refused");
});
