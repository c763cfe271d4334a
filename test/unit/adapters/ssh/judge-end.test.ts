import { expect, test } from "bun:test";
import { judgeEnd } from "../../../../src/adapters/ssh/judge-end.ts";
import type { SshEnd } from "../../../../src/adapters/ssh/run-ssh.ts";

const END: SshEnd = { exitCode: 0, output: "", errors: "", late: false, endless: false };
const explained = { why: "ssh's own", final: true, refused: true };

const ROWS: readonly (readonly [string, Partial<SshEnd>, boolean, string | null])[] = [
  ["ended well", {}, false, null],
  ["the command's own status", { exitCode: 3 }, false, null],
  ["no connection", { exitCode: 255 }, false, "ssh's own"],
  ["its own time was over", { exitCode: null, late: true }, false, "no answer within 2 s"],
  ["the caller's time was over", { exitCode: null, late: true }, true, "the time was over"],
  ["endless", { exitCode: null, endless: true }, false, "it said more than any answer is long"],
  ["ended by a signal", { exitCode: null }, false, "ssh could not be run to its end"],
  [
    "no ssh",
    { exitCode: 127, errors: "timeout: failed to run command 'ssh': No such file or directory\n" },
    false,
    "timeout: failed to run command 'ssh': No such file or directory; install openssh-clients",
  ],
];

test.each(ROWS)("judgeEnd: %s", (_, end, aborted, why) => {
  const signal = aborted ? AbortSignal.abort() : new AbortController().signal;
  expect(judgeEnd({ ...END, ...end }, 2_000, signal, () => explained)?.why ?? null).toBe(why);
});
