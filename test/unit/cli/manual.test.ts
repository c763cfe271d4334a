import { describe, expect, test } from "bun:test";
import { CHAPTERS } from "../../../src/cli/manual-contents.ts";
import { haCfg } from "./run.ts";

const NAMES = CHAPTERS.map(({ name }) => name);

describe("ha-cfg manual", () => {
  test("the list: every chapter with its title, XAPI not asked", async () => {
    const { code, out, err, world } = await haCfg(["manual"]);
    expect([code, err, world.calls]).toEqual([0, "", []]);
    for (const { name, title } of CHAPTERS) expect(out).toMatch(new RegExp(`^  ${name} +${title}: `, "m"));
  });

  for (const name of NAMES) {
    test(`${name}: begins with its title; only code is wider than the terminal`, async () => {
      for (const columns of [40, 80, 200]) {
        const { code, out, err } = await haCfg(["manual", name], { columns });
        expect([code, err]).toEqual([0, ""]);
        expect(out).toStartWith(`${CHAPTERS.find((one) => one.name === name)?.title.toUpperCase()}\n===`);
        const text = out.split("\n").filter((line) => !line.startsWith("    ") && line.includes(" "));
        expect(text.filter((line) => Bun.stringWidth(line) > Math.min(columns, 100))).toEqual([]);
        expect(out).not.toContain("\u001b");
      }
    });
  }

  test("all: every chapter in its order", async () => {
    const { out } = await haCfg(["manual", "ALL"]);
    const at = CHAPTERS.map(({ title }) => out.indexOf(`${title.toUpperCase()}\n===`));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at[0]).toBe(0);
  });

  test("no such chapter: exit 2, with the one that was probably meant", async () => {
    const near = await haCfg(["manual", "purpos"]);
    expect([near.code, near.out, near.err]).toEqual([
      2,
      "",
      "Cannot show chapter purpos: there is no such chapter; did you mean purpose?\n",
    ]);
    expect((await haCfg(["manual", "nonsense"])).err).toContain("ha-cfg manual lists them");
  });

  test("--json: the texts as Markdown", async () => {
    const all = JSON.parse((await haCfg(["manual", "--json"])).out);
    expect(all.map(({ name }: { name: string }) => name)).toEqual(NAMES);
    const one = JSON.parse((await haCfg(["manual", "purpose", "--json"])).out);
    expect(one).toEqual([expect.objectContaining({ name: "purpose", text: expect.stringMatching(/^# /) })]);
  });

  test("--html: to a file, to standard output, and never over something else", async () => {
    const there = await haCfg(["manual", "--html", "/tmp/manual.html"]);
    expect([there.code, there.out]).toEqual([0, "The manual is written to /tmp/manual.html.\n"]);
    const page = (await haCfg(["manual", "--html", "-"])).out;
    expect(there.world.files["/tmp/manual.html"]).toBe(page);
    expect(page).toStartWith("<!DOCTYPE html>");
    const files = { "/a": "old", "/b": null };
    const asked = await haCfg(["manual", "--html", "/a"], { files });
    expect([asked.code, asked.world.files["/a"]]).toEqual([2, "old"]);
    expect(asked.err).toContain("--yes");
    expect((await haCfg(["manual", "--html", "/a", "--yes"], { files })).code).toBe(0);
    expect((await haCfg(["manual", "--html", "/b", "--yes"], { files })).code).toBe(1);
    expect((await haCfg(["manual", "--html", "/full/a"])).err).toContain("the disk is full");
    for (const args of [["purpose"], ["--json"]])
      expect((await haCfg(["manual", ...args, "--html", "/a"])).code).toBe(2);
  });

  test("whoever may not use the pool may read it", async () => {
    const run = await haCfg(["manual", "purpose"], { denied: "/var/lib/xcp/xapi", isRoot: false });
    expect([run.code, run.err]).toEqual([0, ""]);
  });
});
