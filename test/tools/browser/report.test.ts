import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Browser, type Media } from "./browser.ts";
import { FAULTS } from "./look.ts";
import { reportOf } from "./told.ts";

/** What `ha-cfg report` writes, in a real browser. */

const MOST_BYTES = 300_000;
/** A4 at 96 dots per inch, less the margins of the page. */
const PAPER = 688;

const SMALL = reportOf({ hosts: 3, dead: [1], vms: ["web1", "db1"] });
const LARGE = reportOf({
  hosts: 16,
  dead: [1, 4, 7, 9, 11, 13, 15],
  vms: Array.from({ length: 200 }, (_, index) => `APPLICATION-SERVER-OF-A-LONG-NAME-${index + 1}`),
});
/** A name is cut at a hundred letters, and none of them need be a place to break it. */
const LONG = reportOf({ hosts: 4, dead: [1, 3], vms: ["W".repeat(100), "m".repeat(99), "a b"] });

let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start();
}, 120_000);
afterAll(() => browser?.stop());

const faultsOf = async (html: string, width: number, media: Media) => {
  await browser.show(html, width, media);
  return await browser.evaluate<readonly string[]>(FAULTS);
};

const pages = { "one host of three": SMALL, "seven of 16, 200 VMs": LARGE, "long names": LONG };

for (const [what, html] of Object.entries(pages))
  describe(`the report: ${what}`, () => {
    test("is not larger than it may be", () => expect(Buffer.byteLength(html)).toBeLessThan(MOST_BYTES));

    for (const width of [1_280, 800])
      for (const media of ["light", "dark"] as const)
        test(`at ${width} pixels, ${media}: nothing overlaps or is cut, and everything can be read`, async () => {
          expect(await faultsOf(html, width, media)).toEqual([]);
        });

    test("on paper: no column is cut, and it is light where the screen is dark", async () => {
      expect(await faultsOf(html, PAPER, "print")).toEqual([]);
      const pdf = await browser.print();
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      expect(pdf.toString("latin1")).toMatch(/\/MediaBox ?\[ ?0 0 59[45]/);
      // A picture that had to be cut would not fit on a page.
      const tallest = await browser.evaluate<number>(
        `Math.max(...[...document.querySelectorAll("svg")].map((svg) => svg.getBoundingClientRect().height))`,
      );
      expect(tallest).toBeLessThan(1_000);
    });
  });

test("a dark screen has a dark page, and paper never", async () => {
  const background = "getComputedStyle(document.body).backgroundColor";
  await browser.show(SMALL, 1_280, "dark");
  expect(await browser.evaluate<string>(background)).toBe("rgb(20, 24, 30)");
  await browser.show(SMALL, 1_280, "print");
  expect(await browser.evaluate<string>(background)).toBe("rgb(255, 255, 255)");
});

describe("what is wrong is seen", () => {
  const page = (body: string) => `<!doctype html><body style="background:#fff">${body}</body>`;
  const rows: readonly [string, string, string][] = [
    [
      "texts that overlap",
      '<svg viewBox="0 0 900 40"><text x="9" y="30">proved off</text><text x="40" y="30">dead</text></svg>',
      "overlap: proved off | dead",
    ],
    [
      "a text that leaves its picture",
      '<svg viewBox="0 0 900 40"><text x="880" y="30">declared dead</text></svg>',
      "leaves its picture: declared dead",
    ],
    [
      "a name behind a bar",
      '<svg viewBox="0 0 900 40"><text x="9" y="30">a long name</text><rect x="40" y="10" width="99" height="30"/></svg>',
      "behind a bar: a long name",
    ],
    ["grey on white", '<p style="color:#999">too pale</p>', "contrast 2.8: too pale"],
    [
      "a table that is too wide",
      `<table><tr><td style="white-space:nowrap">${"x".repeat(400)}</td></tr></table>`,
      `is cut: TABLE ${"x".repeat(60)}`,
    ],
    [
      "a text that leaves its cell",
      `<table style="table-layout:fixed;width:90px"><tr><td>${"x".repeat(40)}</td><td>b</td></tr></table>`,
      `leaves its cell: ${"x".repeat(40)}`,
    ],
  ];
  for (const [what, body, fault] of rows)
    test(what, async () => expect(await faultsOf(page(body), 800, "light")).toEqual([fault]));
});
