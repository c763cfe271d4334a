import { playScript } from "../scenarios/run.ts";
import { cutsOfThree } from "./one-link-of-three.ts";
import { ordersOfTwo } from "./two-hosts.ts";
import { tiesOfTwo } from "./two-hosts-and-a-tie.ts";

/*
 * npm run enumerate [-- three|two|tie-ssh|tie-sr [MOST FAULTS [PART/PARTS]]]: plays every story of a small pool that the files beside this
 * one list, or one part of them, and tells those that went wrong. Ends with 1 when there is one.
 */

const WANTED_FAULTS = 3;
const PROGRESS_EVERY = 100;
/** More than these nobody reads. */
const SHOWN = 10;
const USAGE = "usage: npm run enumerate [-- three|two|tie-ssh|tie-sr [MOST FAULTS [PART/PARTS]]]";

const STORIES: Readonly<Record<string, (most: number) => Iterable<string>>> = {
  three: cutsOfThree,
  two: ordersOfTwo,
  "tie-ssh": (most) => tiesOfTwo("ssh", most),
  "tie-sr": (most) => tiesOfTwo("sr", most),
};

interface Part {
  readonly part: number;
  readonly parts: number;
}

async function playAll(name: string, stories: Iterable<string>, { part, parts }: Part): Promise<number> {
  let seen = 0;
  let played = 0;
  let wrong = 0;
  for (const text of stories) {
    if (seen++ % parts !== part - 1) continue;
    const { failures } = await playScript(text);
    played++;
    if (failures.length > 0) {
      wrong++;
      if (wrong <= SHOWN) console.log(`${text}\n  WRONG: ${failures.join("\n  WRONG: ")}\n`);
    }
    if (played % PROGRESS_EVERY === 0) console.log(`${name}: ${played} stories, ${wrong} wrong`);
  }
  console.log(`${name}: ${played} stories, ${wrong} wrong`);
  return wrong;
}

function parsePart(text: string): Part | null {
  const [part = 0, parts = 0] = text.split("/").map(Number);
  return Number.isInteger(part) && Number.isInteger(parts) && part >= 1 && part <= parts
    ? { part, parts }
    : null;
}

const [which, faults = `${WANTED_FAULTS}`, share = "1/1"] = process.argv.slice(2);
const most = Number(faults);
const part = parsePart(share);
const isKnown = which === undefined || Object.hasOwn(STORIES, which);
if (!isKnown || !Number.isInteger(most) || most < 1 || part === null) {
  console.error(USAGE);
  process.exit(2);
}
let wrong = 0;
for (const [name, stories] of Object.entries(STORIES))
  if (which === undefined || which === name)
    wrong += await playAll(`${name}, up to ${most} faults`, stories(most), part);
process.exit(wrong === 0 ? 0 : 1);
