import { expect, test } from "bun:test";
import { explain } from "../../../../src/adapters/ties/cures.ts";

test.each([
  [
    "link",
    "Operation not permitted",
    "X: no hard link can be made (Operation not permitted); the file system there has none (vfat",
  ],
  [
    "link",
    "Read-only file system",
    "X: no hard link can be made (Read-only file system); it is mounted read-only",
  ],
  ["write", "Permission denied", "X: no file can be written (Permission denied); the user needs the right"],
  [
    "write",
    "dd: No space left on device",
    "X: no file can be written (dd: No space left on device); the disk is full",
  ],
  ["write", "Disk quota exceeded", "X: no file can be written (Disk quota exceeded); the disk is full"],
  [
    "read",
    "ESTALE: stale file handle",
    "X: a claim cannot be read (ESTALE: stale file handle); its disk or its server is broken",
  ],
  ["read", "", "X: a claim cannot be read"],
  ["odd", "tie", "X: a claim holds something odd (tie); look who has written it, and remove it"],
  ["folder", "", "X: the folder of the claims cannot be entered; set the tie-breaker again"],
  ["constructor", "what", "X: it cannot be used (what)"],
])("explain: %s, %p", (step, said, expected) => expect(explain("X", step, said)).toStartWith(expected));
