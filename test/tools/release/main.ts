import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { renderNotices } from "./notices.ts";
import { renderSbom } from "./sbom.ts";

/** `main.ts <folder of the release> <seconds of the commit>`: writes the notices and the list of contents into it. */
const [folder = "", committedAt = ""] = process.argv.slice(2);
if (!/^\d+$/.test(committedAt))
  throw new Error("usage: main.ts <folder of the release> <seconds of the commit>");
const tree = resolve(import.meta.dir, "../../..");
const executable = createHash("sha256")
  .update(readFileSync(join(folder, "ha-lizard")))
  .digest("hex");
writeFileSync(join(folder, "THIRD-PARTY-NOTICES"), renderNotices(tree));
writeFileSync(
  join(folder, "sbom.cdx.json"),
  renderSbom(tree, { committedAt: Number(committedAt), executable }),
);
