import { afterAll, beforeAll, expect } from "bun:test";
import { agentPid, type Causes, cannotFence, stopAndForget, toldOf } from "./failed-fencing.ts";
import {
  BOUND_MS,
  bringBack,
  cutOffAndFenced,
  type FencePool,
  fenced,
  keepsSecret,
  parametersOf,
  setParameters,
  startFencePool,
  story,
} from "./fencing.ts";
import { STEP_MS } from "./story.ts";
import { bmcAddress } from "./world/devices.ts";
import { until } from "./world/wait.ts";

/** On a machine that is busy the six seconds may end before another look did. */
const ACCEPTED_IN_VAIN = /the command was accepted, and .*(the host is on|its power state is unknown)/;

/** Cut off from the beginning, with their VMs: whoever starts those elsewhere makes them run twice. */
const LOST = [4, 5] as const;
/** How long the power strip takes to switch. */
const STRIP_MS = 3_000;
/** An agent has a second less, in which a login by ssh must be over, on a machine that is busy with four pools. */
const FENCE_TIMEOUT = "10";

let world: FencePool;
beforeAll(async () => {
  world = await startFencePool(["ssh", "ipmi", "redfish", "strip"], 5);
}, BOUND_MS);
afterAll(async () => await world?.pool.stop(), 30_000);

const CAUSES: readonly (readonly [string, Causes])[] = [
  [
    "there is no agent",
    {
      method: "NOSUCH",
      repeated: true,
      says: { 4: /agent-missing .*NOSUCH\.sh/, 5: /agent-missing .*NOSUCH\.sh/ },
    },
  ],
  [
    "ILO: one never answers, one answers garbage",
    {
      method: "ILO",
      says: { 4: /10\.77\.0\.104.*the time was over/, 5: /10\.77\.0\.105.*neither on nor off/ },
      arrange: ({ devices }) => {
        devices.setIlo(4, "hang");
        devices.setIlo(5, "garbage");
      },
      mend: ({ devices }) => {
        for (const host of LOST) devices.setIlo(host, "right");
      },
    },
  ],
  [
    "ILO: wrong password",
    {
      method: "ILO",
      password: "another",
      says: { 4: /password of user root was refused/, 5: /password of user root was refused/ },
    },
  ],
  [
    "IPMI: one BMC is dead, one host is not listed",
    {
      method: "IPMI",
      says: { 4: /10\.77\.0\.104/, 5: /is not listed in .*IPMI\.hosts/ },
      arrange: async ({ devices }, master) => {
        await devices.order({ what: "ipmi", host: 4, silent: true });
        await devices.setList(master, "IPMI", { 5: null });
      },
      mend: async ({ devices }, master) => {
        await devices.order({ what: "ipmi", host: 4, silent: false });
        await devices.setList(master, "IPMI", {});
      },
    },
  ],
  ["REDFISH: wrong password", { method: "REDFISH", password: "another", says: { 4: /401/, 5: /401/ } }],
  [
    "REDFISH: one stays PoweringOff, one says yes and does nothing",
    {
      method: "REDFISH",
      says: { 4: /PoweringOff/, 5: ACCEPTED_IN_VAIN },
      arrange: async ({ devices }) => {
        await devices.order({ what: "redfish", host: 4, behaviour: "stays-powering-off" });
        await devices.order({ what: "redfish", host: 5, behaviour: "does-nothing" });
      },
      mend: redfishIsRight,
    },
  ],
  [
    "REDFISH: several systems and none named, and the address of another machine",
    {
      method: "REDFISH",
      says: { 4: /several|systems/, 5: /it is another machine/ },
      arrange: async ({ devices }, master) => {
        await devices.order({ what: "neighbours", host: 4, ids: ["Blade7"] });
        const foreign = `${bmcAddress(5)}/38947555-7742-3448-3784-823347823834:fencer`;
        await devices.setList(master, "REDFISH", { 4: `${bmcAddress(4)}:fencer`, 5: foreign });
      },
      mend: async ({ devices }, master) => devices.setList(master, "REDFISH", {}),
    },
  ],
  [
    "REDFISH: one is busy for ever, one never answers",
    {
      method: "REDFISH",
      says: { 4: /503/, 5: /10\.77\.0\.105/ },
      arrange: async ({ devices }) => {
        await devices.order({ what: "redfish", host: 4, behaviour: "busy" });
        await devices.order({ what: "redfish", host: 5, behaviour: "hangs" });
      },
      mend: redfishIsRight,
    },
  ],
  [
    "XVM: the outer host says yes and does nothing",
    {
      method: "XVM",
      says: {
        4: ACCEPTED_IN_VAIN,
        5: ACCEPTED_IN_VAIN,
      },
      arrange: ({ devices }) => devices.setOuterHost("liar"),
      mend: ({ devices }) => devices.setOuterHost("right"),
    },
  ],
  [
    "EXAMPLE: the strip talks rubbish",
    {
      method: "EXAMPLE",
      says: {
        4: /outlet 4: the power state is unknown: OFF\?/,
        5: /outlet 5: the power state is unknown: OFF\?/,
      },
      arrange: ({ devices }) => devices.order({ what: "strip", answer: "OFF?", delayMs: 0 }),
      mend: ({ devices }) => devices.order({ what: "strip", answer: null, delayMs: 0 }),
    },
  ],
  [
    "an agent that hangs and ignores SIGTERM, and one that says rubbish and the password",
    {
      method: "FAULTY",
      says: { 4: /agent-timeout .*within 10 s/, 5: /exit status 3: \*{8} is the password/ },
      arrange: ({ devices }, master) => devices.setList(master, "FAULTY", { 4: "stubborn", 5: "garbage" }),
      meanwhile: async ({ pool }, master) => {
        await until("the agent", STEP_MS, () => agentPid(pool, master, 4));
      },
      mend: async ({ pool }, master) => {
        expect(await agentPid(pool, master, 4)).toBeNull();
      },
    },
  ],
  [
    "agents that are killed while they run",
    {
      method: "FAULTY",
      says: { 4: /agent-killed .*SIGKILL/, 5: /agent-killed .*SIGKILL/ },
      arrange: ({ devices }, master) => devices.setList(master, "FAULTY", { 4: "busy", 5: "busy" }),
      meanwhile: async ({ pool }, master) => {
        for (const host of LOST) {
          const pid = await until("the agent", STEP_MS, () => agentPid(pool, master, host));
          await pool.on(master, "kill", "-9", pid);
        }
      },
    },
  ],
];

async function redfishIsRight({ devices }: FencePool): Promise<void> {
  for (const host of LOST) await devices.order({ what: "redfish", host, behaviour: "right" });
}

story(
  "two hosts that are cut off and cannot be fenced",
  () => world,
  async (at) => {
    const { pool } = at;
    await setParameters(pool, { FENCE_TIMEOUT, FENCE_METHOD: "NOSUCH" });
    const from = (await pool.messages(1)).length;
    await pool.isolate(...LOST);
    for (const host of LOST) {
      await pool.untilLogged(1, new RegExp(`h${host} could not be fenced`), STEP_MS, from);
      // What is still on its way would be taken for the next story's.
      await toldOf(at, { messages: 0, mails: 0 }, `h${host} could not be fenced`);
    }
  },
);

for (const [what, causes] of CAUSES) {
  story(
    `not fenced, no VM started, told once: ${what}`,
    () => world,
    (at) => cannotFence(at, causes),
  );
}

story(
  "two hosts of five at once: one after the other is fenced by EXAMPLE",
  () => world,
  async (at) => {
    const { pool, devices } = at;
    const spaces = await Promise.all(LOST.map((host) => pool.processSpace(host)));
    const master = await stopAndForget(pool);
    await setParameters(pool, { ...parametersOf("EXAMPLE"), FENCE_TIMEOUT: "30" });
    await devices.order({ what: "strip", answer: null, delayMs: STRIP_MS });
    const logFrom = (await pool.messages(master)).length;
    pool.controller.asked.length = 0;
    await pool.on(master, "/etc/init.d/ha-lizard", "start");
    await until("a first host being asked for", STEP_MS, () => pool.controller.asked.length > 0);
    const [first = 0] = pool.controller.asked;
    await until(`host ${first} being off`, STEP_MS, () => !pool.isOn(first));
    expect([...new Set(pool.controller.asked)]).toEqual([first]);
    for (const [index, host] of LOST.entries())
      await fenced(pool, host, master, spaces[index] ?? "", logFrom);
    await pool.untilRunning(pool.vmNames, STEP_MS, LOST);
  },
);

story(
  "EXAMPLE: the master loses its power before another host takes over",
  () => world,
  async (at) => {
    await at.devices.order({ what: "strip", answer: null, delayMs: 0 });
    // To the slaves they are members, and votes that are missing, until they are back.
    await bringBack(at, ...LOST);
    await cutOffAndFenced(at, 1);
  },
);

keepsSecret(
  ["fence ILO", "fence IPMI", "fence REDFISH", "fence XVM", "EXAMPLE.sh", "FAULTY.sh"],
  () => world,
);
