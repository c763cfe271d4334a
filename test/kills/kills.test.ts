import { describe, expect, test } from "bun:test";
import { runPass } from "../../src/app/iterate.ts";
import type { PassPorts } from "../../src/app/pass-ports.ts";
import { type KillPoint, type Story, tell } from "./story.ts";

const MINUTE = 60_000;
const STORIES: readonly (Story & { readonly title: string })[] = [2, 3, 4].flatMap((hosts) => [
  { title: `${hosts} hosts, a slave dies`, hosts, victim: hosts, acting: 1 },
  { title: `${hosts} hosts, the master dies`, hosts, victim: 1, acting: 2 },
]);

describe("kill -9 of the iteration at every point of a failover", () => {
  for (const story of STORIES) {
    test(
      `${story.title}: all VMs run again, each once`,
      async () => {
        const { effects, faults } = await tell(story, null);
        expect(faults).toEqual([]);
        expect(effects.length).toBeGreaterThan(10);
        for (let index = 0; index < effects.length; index++) {
          for (const when of ["before", "after"] as const) {
            const kill: KillPoint = { index, when };
            const ending = await tell(story, kill);
            const at = `${when} ${index}: ${effects[index]}`;
            expect({ at, killed: ending.killed, faults: ending.faults }).toEqual({
              at,
              killed: true,
              faults: [],
            });
          }
        }
      },
      4 * MINUTE,
    );
  }

  test("the enumeration sees: a program whose memory does not survive the kill fails it", async () => {
    const forgetful = (ports: PassPorts, signal: AbortSignal) => {
      const { store } = ports;
      const load: typeof store.load = async (name) =>
        name === "memory" && ports.lostPasses > 0 ? { kind: "none" } : await store.load(name);
      return runPass({ ...ports, store: { ...store, load } }, signal);
    };
    const story: Story = { hosts: 3, victim: 1, acting: 2 };
    const { effects } = await tell(story, null);
    const index = effects.indexOf("fence");
    expect(index).toBeGreaterThan(0);
    const ending = await tell(story, { index, when: "before" }, forgetful);
    expect(ending.faults).not.toEqual([]);
  });
});
