import { bundledPackages, bunParts, RUNTIME, type Tree, textOf } from "./bundled.ts";

/** What a release is made of, besides its sources. */
export interface ReleaseFacts {
  /** Seconds since 1970 of the commit, so that the same commit gives the same bytes. */
  readonly committedAt: number;
  /** SHA-256 of the executable, in hex. */
  readonly executable: string;
}

/** The list of contents as CycloneDX 1.5 JSON: packages from package-lock.json, and what Bun says it is linked with. */
export function renderSbom(tree: Tree, { committedAt, executable }: ReleaseFacts): string {
  const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
    textOf(tree, "package.json"),
  );
  const own = `pkg:generic/${name}@${version}`;
  const packages = bundledPackages(tree).map((each) => ({
    type: each.name === RUNTIME ? "platform" : "library",
    "bom-ref": purl(each.name, each.version),
    name: each.name,
    version: each.version,
    hashes: [
      {
        alg: "SHA-512",
        content: Buffer.from(each.integrity.replace(/^sha512-/, ""), "base64").toString("hex"),
      },
    ],
    licenses: [{ expression: each.licence }],
    purl: purl(each.name, each.version),
  }));
  const parts = bunParts(tree).map((part) => ({
    type: "library",
    "bom-ref": `bun-part:${part.name}`,
    name: part.name,
    // Which version Bun is linked with its document does not say.
    licenses:
      part.licences.length === 0
        ? [{ license: { name: "public domain" } }]
        : part.licences.map((id) => ({ license: { id } })),
    copyright: part.copyright.join("; "),
    externalReferences: part.source === "" ? [] : [{ type: "website", url: part.source }],
  }));
  const runtime = packages.find((each) => each.name === RUNTIME)?.["bom-ref"];
  return `${JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      version: 1,
      metadata: {
        timestamp: new Date(committedAt * 1_000).toISOString(),
        component: {
          type: "application",
          "bom-ref": own,
          name,
          version,
          hashes: [{ alg: "SHA-256", content: executable }],
          licenses: [{ expression: license }],
        },
      },
      components: [...packages, ...parts],
      dependencies: [
        { ref: own, dependsOn: packages.map((each) => each["bom-ref"]) },
        { ref: runtime, dependsOn: parts.map((each) => each["bom-ref"]) },
      ],
    },
    null,
    2,
  )}\n`;
}

const purl = (name: string, version: string): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;
