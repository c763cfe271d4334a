import { realpathSync } from "node:fs";

/** What is mounted somewhere. */
export interface Mount {
  readonly id: string;
  readonly point: string;
  readonly type: string;
}

/** File systems that only one host has. */
const LOCAL: ReadonlySet<string> = new Set(["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs"]);

/** What /proc/self/mountinfo lists; of two on one point the later one is seen. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const [left = "", right = ""] = line.split(" - ");
    const [id, , , , point] = left.split(" ");
    const [type] = right.split(" ");
    if (id === undefined || point === undefined || type === undefined || type === "") return [];
    return [{ id, point: point.replace(/\\([0-7]{3})/g, fromOctal), type }];
  });
}

function fromOctal(_: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8));
}

/**
 * Is an open folder in something that is mounted below `folder`, where XAPI mounts SRs? Some it mounts under their own uuid; to others, such
 * as SMB, that is a link. Without the SR there is a plain folder of the local disk, or none: there every host would win. The
 * descriptor stays on what it was opened on, whatever is unmounted later. `info`: its /proc/self/fdinfo; `mounts`: mountinfo, read
 * after it was opened.
 */
export function isMountedBelow(folder: string, info: string, mounts: string): boolean {
  const id = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1];
  const found = parseMounts(mounts).find((mount) => mount.id === id);
  return found?.point.startsWith(`${realOf(folder)}/`) === true;
}

/** The type of the file system of an SR that no other host can see; null: others may, or it is not plugged in. */
export function localTypeOf(folder: string, sr: string, mounts: string): string | null {
  const point = `${realOf(folder)}/${sr}`;
  const type = parseMounts(mounts).findLast((mount) => mount.point === point)?.type;
  return type !== undefined && LOCAL.has(type) ? type : null;
}

/** As the kernel knows it. What is mounted is below, so this does not hang. */
function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
