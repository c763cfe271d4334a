import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { isMountedBelow, localTypeOf, parseMounts } from "../../../../src/adapters/ties/sr-mount.ts";
import { useScratch } from "../scratch.ts";

const SR = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const MOUNTS = `21 1 8:1 / / rw,relatime shared:1 - ext3 /dev/sda1 rw
25 21 0:20 / /run rw - tmpfs tmpfs rw
90 25 0:44 / /run/sr-mount/${SR} rw,relatime shared:40 master:2 - nfs 10.0.0.9:/export/${SR} rw,soft
91 25 0:45 / /run/sr-mount/SMB/nas/a\\040share rw - cifs //nas/share rw
92 25 0:46 / /run/sr-mounts rw - nfs 10.0.0.9:/other rw
93 25 252:0 / /run/sr-mount/local rw - ext4 /dev/mapper/x rw
94 93 0:47 / /run/sr-mount/twice rw - ext4 /dev/mapper/y rw
95 93 0:47 / /run/sr-mount/twice rw - nfs 10.0.0.9:/y rw
broken line
`;

test("parseMounts: optional fields in any number, blanks, and lines that are none", () => {
  const mounts = parseMounts(MOUNTS);
  expect(mounts).toHaveLength(8);
  expect(mounts[2]).toEqual({ id: "90", point: `/run/sr-mount/${SR}`, type: "nfs" });
  expect(mounts[3]?.point).toBe("/run/sr-mount/SMB/nas/a share");
  expect(parseMounts("")).toEqual([]);
});

describe("isMountedBelow", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["an SR under its uuid", "90", true],
    ["a share to which the SR is a link", "91", true],
    ["a folder of the disk of /run", "25", false],
    ["a folder of the system", "21", false],
    ["another place whose name begins so", "92", false],
    ["what is mounted no more", "99", false],
  ];
  test.each(rows)("%s: %s, %p", (_, id, expected) =>
    expect(
      isMountedBelow("/run/sr-mount", `pos:\t0\nflags:\t0200000\nmnt_id:\t${id}\nino:\t2\n`, MOUNTS),
    ).toBe(expected),
  );

  test("a kernel that does not say", () =>
    expect(isMountedBelow("/run/sr-mount", "pos:\t0\n", MOUNTS)).toBe(false));

  test("the folder may be reached by a link", () => {
    const scratch = useScratchFolder();
    const mounts = `90 25 0:44 / ${scratch}/run/sr-mount/${SR} rw - nfs x:/y rw\n`;
    expect(isMountedBelow(`${scratch}/var/run/sr-mount`, "mnt_id:\t90\n", mounts)).toBe(true);
  });
});

const scratch = useScratch("sr-mount");
function useScratchFolder(): string {
  mkdirSync(scratch.path("run/sr-mount"), { recursive: true });
  mkdirSync(scratch.path("var"));
  symlinkSync("../run", scratch.path("var/run"));
  return scratch.dir;
}

test.each([
  [SR, null],
  ["local", "ext4"],
  ["twice", null],
  ["nowhere", null],
])("localTypeOf: %s is %p", (sr, type) => expect(localTypeOf("/run/sr-mount", sr, MOUNTS)).toBe(type));
