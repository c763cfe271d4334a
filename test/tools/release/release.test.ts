import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundledPackages, bunParts, partsNamed, textOf } from "./bundled.ts";
import { renderNotices } from "./notices.ts";
import { renderSbom } from "./sbom.ts";

const TREE = resolve(import.meta.dir, "../../..");
const FACTS = { committedAt: 1_700_000_000, executable: "ab".repeat(32) };
const folder = mkdtempSync(join(tmpdir(), "ha-lizard-notices-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A tree with the packages that matter, which a test may spoil. */
function copyOfTree(name: string): string {
  const tree = join(folder, name);
  mkdirSync(tree, { recursive: true });
  for (const part of ["package.json", "package-lock.json"]) cpSync(join(TREE, part), join(tree, part));
  const files = readdirSync(join(TREE, "node_modules/citty/dist"), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `citty/dist/${name}`);
  files.push("bun-types/docs/project/license.mdx");
  for (const each of ["citty", "nodemailer", "ping", "zod"])
    files.push(`${each}/package.json`, `${each}/LICENSE`);
  for (const file of files) cpSync(join(TREE, "node_modules", file), join(tree, "node_modules", file));
  return tree;
}

describe("notices", () => {
  const notices = renderNotices(TREE);

  test("each dependency of package.json, with the text of its own licence", () => {
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      textOf(TREE, "package.json"),
    );
    for (const [name, version] of Object.entries(dependencies)) {
      expect(notices).toContain(`\n${name} ${version}\n`);
      expect(notices).toContain(textOf(TREE, "node_modules", name, "LICENSE").trim());
    }
    // What citty has in its own bundle.
    expect(notices).toContain("scule");
  });

  test("Bun, JavaScriptCore and each part that Bun names, with the texts of their licences", () => {
    for (const name of [
      "Bun",
      "WebKit (JavaScriptCore)",
      "boringssl",
      "tinycc",
      "sqlite",
      "vm-browserify",
      "esbuild",
    ])
      expect(notices).toContain(`\n${name}\n====`);
    for (const title of [
      "GNU LIBRARY GENERAL PUBLIC LICENSE",
      "GNU LESSER GENERAL PUBLIC LICENSE",
      "Apache License",
    ])
      expect(notices).toContain(title);
    expect(notices).toContain("GPL-3.0-or-later");
    expect(notices).not.toContain("libuv\n====");
  });

  test("LICENSE is the text of the GPL, version 3", () => {
    expect(textOf(TREE, "LICENSE")).toMatch(/^\s+GNU GENERAL PUBLIC LICENSE\n\s+Version 3, 29 June 2007\n/);
    expect(textOf(TREE, "LICENSE")).toContain("END OF TERMS AND CONDITIONS");
  });
});

describe("a release fails", () => {
  test("when a package has no licence file", () => {
    const tree = copyOfTree("no-file");
    rmSync(join(tree, "node_modules/ping/LICENSE"));
    expect(() => renderNotices(tree)).toThrow("ping: its package has no licence file");
  });

  test("when another version of a package is installed than is locked", () => {
    const tree = copyOfTree("other-version");
    writeFileSync(join(tree, "node_modules/zod/package.json"), '{"version":"0.0.1"}');
    expect(() => renderNotices(tree)).toThrow("npm ci");
  });

  test("when Bun names a part whose licence is not known here", () => {
    const tree = copyOfTree("new-part");
    const document = join(tree, "node_modules/bun-types/docs/project/license.mdx");
    writeFileSync(
      document,
      textOf(document).replace("| [`brotli`]", "| [`newlib`](https://example.org) | MIT |\n| [`brotli`]"),
    );
    expect(() => renderNotices(tree)).toThrow("newlib, a part of Bun");
  });

  test("when a package is locked without a licence", () => {
    const tree = copyOfTree("no-licence");
    const lock = JSON.parse(textOf(tree, "package-lock.json"));
    delete lock.packages["node_modules/ping"].license;
    writeFileSync(join(tree, "package-lock.json"), JSON.stringify(lock));
    expect(() => renderSbom(tree, FACTS)).toThrow("ping: package-lock.json has no license");
  });
});

test("partsNamed: rows and credits; neither people nor what only other systems have", () => {
  const document = `| Library | License |
| [\`one\`](https://one.example) | MIT |
| A fork of [\`two\`](https://two.example) | MIT |
| [\`three\`](https://three.example) (on Windows) | MIT |
## Additional credits
- a port of [@somebody](https://x.example)'s [four](https://four.example)`;
  expect(partsNamed(document).map(([name]) => name)).toEqual(["one", "two", "four"]);
});

describe("the list of contents", () => {
  const text = renderSbom(TREE, FACTS);
  const sbom = JSON.parse(text);

  test("CycloneDX, the same bytes twice, with the time of the commit", () => {
    expect(renderSbom(TREE, FACTS)).toBe(text);
    expect([sbom.bomFormat, sbom.specVersion, sbom.metadata.timestamp]).toEqual([
      "CycloneDX",
      "1.5",
      "2023-11-14T22:13:20.000Z",
    ]);
  });

  test("every package that is compiled in, with the hash of the lock file, and every part of Bun; each named once", () => {
    const names: readonly string[] = sbom.components.map((each: { name: string }) => each.name);
    const expected = [...bundledPackages(TREE), ...bunParts(TREE)].map(({ name }) => name);
    expect(names).toEqual(expected);
    const references = sbom.components.map((each: { "bom-ref": string }) => each["bom-ref"]);
    expect(new Set(references).size).toBe(references.length);
    const zod = sbom.components.find((each: { name: string }) => each.name === "zod");
    const integrity = bundledPackages(TREE).find(({ name }) => name === "zod")?.integrity;
    expect(`sha512-${Buffer.from(zod.hashes[0].content, "hex").toString("base64")}`).toBe(integrity ?? "");
  });

  test("what it refers to is in it", () => {
    const known = new Set([
      sbom.metadata.component["bom-ref"],
      ...sbom.components.map((each: { "bom-ref": string }) => each["bom-ref"]),
    ]);
    for (const { ref, dependsOn } of sbom.dependencies)
      for (const name of [ref, ...dependsOn]) expect(known).toContain(name);
  });
});
