import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, run, TREE } from "./scratch.ts";

/** Nothing here is timed: two compilations and two archives, beside rings that use the processor for minutes. */
const DEADLINE_MS = 400_000;

const folder = mkdtempSync(join(tmpdir(), "ha-lizard-release-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }), DEADLINE_MS);

/** Builds a release in a copy of the tree at another place, with the packages of this one. */
async function releaseIn(name: string): Promise<string> {
  const copy = join(folder, name);
  const script = `set -eu
mkdir -p ${copy}
cd ${TREE}
cp -Rp src fence init.d test install.sh uninstall.sh README.md CHANGELOG.md LICENSE package.json package-lock.json tsconfig.json .npmrc ${copy}/
cp -al node_modules ${copy}/ 2>/dev/null || cp -R node_modules ${copy}/
cd ${copy}
git -c init.defaultBranch=main init -q .
git add -A src
GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' git -c user.name=t -c user.email=t@example.org commit -q -m t --date 2026-01-01T00:00:00Z
test/run release`;
  const ran = await run(["sh", "-c", script], { HOME: folder }, DEADLINE_MS);
  expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(".tar.gz")]);
  const archives = readdirSync(join(copy, "dist")).filter((file) => file.endsWith(".tar.gz"));
  expect(archives).toEqual([expect.stringMatching(/^ha-lizard-\d+\.\d+\.\d+.*\.tar\.gz$/)]);
  return join(copy, "dist", archives[0] ?? "");
}

const sumOf = async (file: string): Promise<string> =>
  new Bun.CryptoHasher("sha256").update(await Bun.file(file).arrayBuffer()).digest("hex");

describe("npm run release", () => {
  let archive = "";
  beforeAll(async () => {
    archive = await releaseIn("one");
  }, DEADLINE_MS);

  test(
    "the same bytes from another folder",
    async () => {
      expect(await sumOf(await releaseIn("a/deeper/folder"))).toBe(await sumOf(archive));
    },
    DEADLINE_MS,
  );

  async function unpacked(name: string): Promise<string> {
    const place = join(folder, name);
    mkdirSync(place);
    expect((await run(["tar", "-C", place, "-xzf", archive])).code).toBe(0);
    return join(place, readdirSync(place)[0] ?? "");
  }

  /** In a network without anything, and with a path on which there is no npm, node or bun. */
  const install = (release: string, root: string): Promise<Ran> =>
    run(
      ["unshare", "--user", "--map-root-user", "--net", "sh", join(release, "install.sh"), "--root", root],
      { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    );

  test(
    "installs without npm and without a network, and what it installs runs",
    async () => {
      const release = await unpacked("whole");
      const root = join(folder, "root");
      mkdirSync(root);
      expect((await install(release, root)).code).toBe(0);
      const { code, said } = await run([join(root, "etc/ha-lizard/ha-lizard"), "version"], {
        HA_LIZARD_ROOT: root,
      });
      expect([code, said]).toEqual([0, expect.stringMatching(/^ha-lizard \d/)]);
      expect(statSync(join(root, "etc/init.d/ha-lizard")).mode & 0o777).toBe(0o755);
      for (const [name, start] of [
        ["manual.html", "<!DOCTYPE html>"],
        ["manual.txt", "WHAT HA-LIZARD DOES\n"],
      ] as const) {
        const installed = readFileSync(join(root, "etc/ha-lizard", name), "utf8");
        expect(installed).toStartWith(start);
        expect(readFileSync(join(release, name), "utf8")).toBe(installed);
      }
    },
    DEADLINE_MS,
  );

  test("has the licence, the notices and the list of contents, and the sums of all of them", async () => {
    const release = await unpacked("papers");
    const text = (name: string): string => readFileSync(join(release, name), "utf8");
    expect(text("LICENSE")).toContain("GNU GENERAL PUBLIC LICENSE");
    for (const name of ["WebKit (JavaScriptCore)", "zod", "ping", "nodemailer", "citty"])
      expect(text("THIRD-PARTY-NOTICES")).toContain(name);
    const { metadata } = JSON.parse(text("sbom.cdx.json"));
    const executable = await sumOf(join(release, "ha-lizard"));
    expect(metadata.component.hashes).toEqual([{ alg: "SHA-256", content: executable }]);
    for (const name of ["LICENSE", "THIRD-PARTY-NOTICES", "sbom.cdx.json", "init.d/installer.sh"])
      expect(text("SHA256SUMS")).toContain(`  ./${name}\n`);
    expect(readFileSync(join(archive, "../SHA256SUMS"), "utf8")).toContain(await sumOf(archive));
  });

  test("a file that was changed on its way: refused, nothing installed", async () => {
    const release = await unpacked("changed");
    appendFileSync(join(release, "init.d/ha-lizard"), "\n");
    const root = join(folder, "empty");
    mkdirSync(root);
    const { code, said } = await install(release, root);
    expect([code, said]).toEqual([1, expect.stringContaining("sha256sum -c SHA256SUMS")]);
    expect(existsSync(join(root, "etc"))).toBe(false);
  });

  test("the executable alone works, copied by hand under another name", async () => {
    const release = await unpacked("alone");
    const copy = join(folder, "ha-cfg");
    expect((await run(["cp", join(release, "ha-lizard"), copy])).code).toBe(0);
    expect((await run([copy, "version"], { HA_LIZARD_ROOT: folder })).said).toMatch(/^ha-lizard \d/);
  });
});
