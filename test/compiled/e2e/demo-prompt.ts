import { hostGroups } from "../../simulated/scenarios/host-groups.ts";
import { makeBare } from "./demo-bare.ts";
import type { Timeline } from "./timeline.ts";
import type { Pool } from "./world/pool.ts";
import type { ControllerState } from "./world/power-controller.ts";

/** What a person at the kept pool of the demo can do; a host is h1, h2 … */
const USES = [
  ["status", "which hosts have power, who is master, where each VM runs"],
  ["power h2 off|on", "cuts the power of a host, or restores it"],
  ["cut h1 h2", "cuts the link between two hosts; both keep their links to the others"],
  ["mend h1 h2", "mends it"],
  ["split h1,h2 | h3", "cuts the network into parts"],
  ["heal", "mends the whole network"],
  ["bmc h2 dead|silent|up", "its fence device answers with a fault, does not answer, or works"],
  ["vm web2 crash", "kills a VM"],
  ["bare h3", "removes the program there, for README.md's installation: the release is in /root"],
  ["h2 COMMAND", "runs a command on a host: h2 ha-cfg status"],
  ["shell h2", "a shell on a host; exit comes back here"],
  ["exit", "ends the pool"],
] as const;

const WIDTH = Math.max(...USES.map(([use]) => use.length));
export const HELP = `${USES.map(([use, what]) => `  ${use.padEnd(WIDTH)}  ${what}`).join("\n")}\n`;

/** What somebody has typed does not fit; the message says what would. */
class Unclear extends Error {}

/** The pool, what it does, and where answers go. */
export interface Prompt {
  readonly pool: Pool;
  readonly timeline: Timeline;
  write(text: string): void;
  /** The next line; null: there is none any more. */
  ask(): Promise<string | null>;
}

/** Carries out what is typed until `exit`, or until nobody types any more. What does not work is said, and the next line is read. */
export async function obeyPrompt(prompt: Prompt): Promise<void> {
  prompt.write(`The pool goes on. What you can do to it:\n${HELP}`);
  for (;;) {
    const line = await prompt.ask();
    const words = (line ?? "exit").trim().split(/\s+/).filter(Boolean);
    if (words[0] === "exit" || words[0] === "quit") return;
    try {
      await obey(prompt, words);
    } catch (error) {
      const hint = error instanceof Unclear ? "; help shows what there is" : "";
      prompt.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
    }
  }
}

async function obey(prompt: Prompt, words: readonly string[]): Promise<void> {
  const { pool, timeline, write } = prompt;
  const [verb, ...args] = words;
  const host = (word: string | undefined): number => hostOf(pool, word);
  switch (verb) {
    case undefined:
      return;
    case "help":
      return write(HELP);
    case "status":
      return write(await statusOf(pool));
    case "power": {
      const [number, state] = [host(args[0]), oneOf(args[1], "off", "on")];
      await timeline.did(state === "off" ? `cut the power of host ${number}` : `switch host ${number} on`);
      return await (state === "off" ? pool.powerOff(number) : pool.powerOn(number));
    }
    case "cut":
    case "mend": {
      const [a, b] = [host(args[0]), host(args[1])];
      if (a === b) throw new Unclear("Two hosts have a link, and these are one");
      await timeline.did(`${verb} the link between host ${a} and host ${b}`);
      return await pool.link(a, b, verb === "mend");
    }
    case "split": {
      const groups = hostGroups(args, host);
      if (groups.length < 2 || groups.some((group) => group.length === 0))
        throw new Unclear("Parts are wanted, like h1,h2 | h3");
      await pool.heal();
      await timeline.did(
        `split the network: ${groups.map((group) => `hosts ${group.join(", ")}`).join(" | ")}`,
      );
      return await pool.partition(...groups);
    }
    case "heal":
      await timeline.did("mend the whole network");
      return await pool.heal();
    case "bmc": {
      const number = host(args[0]);
      const state = oneOf<ControllerState>(args[1], "dead", "silent", "up");
      await timeline.did(`the BMC of host ${number} is ${state}`);
      return pool.controller.setState(number, state);
    }
    case "vm": {
      const [vm = "", what] = args;
      if (!pool.vmNames.includes(vm))
        throw new Unclear(`There is no VM ${vm}; there are ${pool.vmNames.join(", ")}`);
      oneOf(what, "crash");
      await timeline.did(`kill VM ${vm}`);
      return await pool.do({ verb: "vm", vm, do: "crash" });
    }
    case "bare":
      return write(await makeBare(pool, needsPower(pool, host(args[0]))));
    case "shell":
      return await pool.shell(needsPower(pool, host(args[0])));
    default:
      if (!/^h\d+$/.test(verb)) throw new Unclear(`There is no ${verb}`);
      return await runOn(prompt, needsPower(pool, host(verb)), args);
  }
}

async function runOn({ pool, write }: Prompt, host: number, command: readonly string[]): Promise<void> {
  if (command.length === 0) throw new Unclear(`What is to be run on h${host}? Like h${host} ha-cfg status`);
  const { code, stdout, stderr } = await pool.tryOn(host, "bash", "-c", command.join(" "));
  write(`${stdout}${stderr}${code === 0 ? "" : `exit code ${code}\n`}`);
}

function hostOf(pool: Pool, word: string | undefined): number {
  const number = Number(/^h(\d+)$/.exec(word ?? "")?.[1]);
  const all = pool.hostNumbers();
  if (all.includes(number)) return number;
  throw new Unclear(
    `A host is wanted, one of ${all.map((one) => `h${one}`).join(", ")}${word === undefined ? "" : `: ${word}`}`,
  );
}

function needsPower(pool: Pool, host: number): number {
  if (!pool.isOn(host)) throw new Error(`Host ${host} has no power: power h${host} on`);
  return host;
}

function oneOf<T extends string>(word: string | undefined, ...allowed: readonly T[]): T {
  const found = allowed.find((one) => one === word);
  if (found !== undefined) return found;
  throw new Unclear(`${allowed.join(" or ")} is wanted${word === undefined ? "" : `: ${word}`}`);
}

async function statusOf({ sim }: Pool): Promise<string> {
  const [truth, masters] = [await sim.truth(), await sim.masters()];
  const lines = truth.hosts.map(({ number, power, domains }) => {
    const role = masters.includes(number) ? "master" : "slave";
    const vms = domains.length === 0 ? "no VM" : domains.join(", ");
    return power ? `  h${number}  ${role.padEnd(6)}  ${vms}\n` : `  h${number}  off\n`;
  });
  const twice =
    truth.violations.length === 0 ? "" : `  SOMETHING RAN TWICE: ${JSON.stringify(truth.violations)}\n`;
  return `${lines.join("")}${twice}`;
}
