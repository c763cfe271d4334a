import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { haCfg } from "./run.ts";

const README = readFileSync(join(import.meta.dir, "../../../README.md"), "utf8");
const LINES = (README.split("## Install on a host")[1] ?? "").split("\n## ")[0]?.split("\n") ?? [];

test("README: every ha-cfg set of the installation is accepted as it is written", async () => {
  const sets = LINES.filter((line) => line.startsWith("ha-cfg set ")).map((line) =>
    line.replace(/ *#.*/, "").split(" ").slice(1),
  );
  expect(sets.map(([, name]) => name)).toEqual(["FENCE_METHOD", "FENCE_USER", "FENCE_PASSWD"]);
  for (const args of sets.filter((words) => !words.includes("-")))
    expect([args, (await haCfg(args)).code]).toEqual([args, 0]);
});

test("README: the list of BMCs is written before the devices are asked", () => {
  const at = (start: string): number => LINES.findIndex((line) => line.startsWith(start));
  expect(at("cat >/etc/ha-lizard/fence/IPMI/IPMI.hosts")).toBeGreaterThan(0);
  expect(at("cat >/etc/ha-lizard/fence/IPMI/IPMI.hosts")).toBeLessThan(at("ha-cfg fence-test"));
});
