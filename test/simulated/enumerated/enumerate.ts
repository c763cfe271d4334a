import { playScript } from "../scenarios/run.ts";
import { cutsOfThree } from "./one-link-of-three.ts";
import { ordersOfTwo } from "./two-hosts.ts";

/*
 * npm run enumerate [-- three|two [MOST FAULTS]]: plays every story of a small pool that the files beside this one list, and tells
 * those that went wrong. Ends with 1 when there is one.
 */

const WANTED_FAULTS = 3;
const PROGRESS_EVERY = 100;
/** More than these nobody reads. */
const SHOWN = 10;

async function playAll(name: string, stories: Iterable<string>): Promise<number> {
  let played = 0;
  let wrong = 0;
  for (const text of stories) {
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

const [which, faults] = process.argv.slice(2);
const most = Number(faults ?? WANTED_FAULTS);
if ((which !== undefined && which !== "three" && which !== "two") || !Number.isInteger(most) || most < 1) {
  console.error("usage: npm run enumerate [-- three|two [MOST FAULTS]]");
  process.exit(2);
}
let wrong = 0;
if (which !== "two") wrong += await playAll("three hosts, one link cut", cutsOfThree());
if (which !== "three") wrong += await playAll(`two hosts, up to ${most} faults`, ordersOfTwo(most));
process.exit(wrong === 0 ? 0 : 1);
