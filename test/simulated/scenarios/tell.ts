import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findParameter } from "../../../src/config/params.ts";
import { unknownParameter } from "../../../src/config/resolve.ts";
import { inWords } from "../../../src/simulation/in-words.ts";
import { KNOWN_FAILURE } from "./known-failure.ts";
import { type PoolFile, paramsOf } from "./presets.ts";
import { playScript, poolBeside } from "./run.ts";
import { parseScript } from "./script.ts";

/** No story is longer; a file that is has been named by mistake. */
const MOST_BYTES = 1_000_000;
const GUIDE = "test/simulated/scenarios/README.md says what can stand there";

/** What to print of a story, and whether all that it claims is so. */
export interface Told {
  readonly text: string;
  readonly isGood: boolean;
}

/**
 * Plays one scenario and tells it in plain words.
 *
 * @param path its folder, its script.txt, or any file that is written like one; a pool.json beside it describes the pool
 * @throws Error with a sentence that says what is wrong with the file, where, and what helps
 */
export async function tellStory(path: string): Promise<Told> {
  const file = fileOf(path);
  const name = basename(file);
  const folder = dirname(file);
  const text = readText(file);
  const result = await sayingWhere(name, async () => {
    checkParameters(text);
    return await playScript(text, poolOf(folder), undefined, (entry) => inWords(entry, (host) => `h${host}`));
  });
  const { story, claims, failures } = result;
  const isKnown = existsSync(join(folder, KNOWN_FAILURE)) || existsSync(join(folder, "gap.md"));
  const mark = isKnown ? "It is marked as one that this program does not hold yet.\n" : "";
  const verdict =
    failures.length > 0
      ? failures.map((failure) => `FAILED  ${failure.replace(/^script\.txt:/, `${name}:`)}\n`).join("")
      : claims === 0
        ? `It claims nothing: add lines like "+30s expect all-once"; ${GUIDE}.\n`
        : claims === 1
          ? "What it expects is so, and no rule was broken.\n"
          : `All ${claims} things that it expects are so, and no rule was broken.\n`;
  const head =
    "minutes:seconds; > is an order of the script; the mark at the end says that a line was mailed, or posted in XAPI\n\n";
  return { text: `${head}${story}\n${verdict}${mark}`, isGood: failures.length === 0 };
}

function fileOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new Error(
      `there is no ${path}: name a folder below test/simulated/scenarios, or a file like its script.txt`,
    );
  const file = found.isDirectory() ? join(path, "script.txt") : path;
  if (!existsSync(file)) throw new Error(`there is no script.txt in ${path}; ${GUIDE}`);
  return file;
}

function readText(file: string): string {
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, and a script has ${MOST_BYTES} at most`);
  return readFileSync(file, "utf8");
}

function poolOf(folder: string): Partial<PoolFile> {
  try {
    return poolBeside(folder, readText);
  } catch (error) {
    const path = join(folder, "pool.json");
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : error}; ${GUIDE}`);
  }
}

/** A parameter that is none would change nothing, and nobody would know. */
function checkParameters(text: string): void {
  for (const name of Object.keys(paramsOf(parseScript(text).params)))
    if (findParameter(name) === undefined) throw new Error(`script.txt: ${name}: ${unknownParameter(name)}`);
}

/** Errors name the file that was named, and where to read on. */
async function sayingWhere<T>(name: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message.replaceAll("script.txt", name)}; ${GUIDE}`);
  }
}
