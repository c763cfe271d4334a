import { describe, expect, test } from "bun:test";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";

const hosts = [hostView(1), hostView(2)];
const unlisted = (_method: string, _agents: string, uuids: readonly string[]) => ({
  faults: uuids.map((uuid) => `Cannot fence: ${uuid} is not listed in /f/IPMI/IPMI.hosts`),
});
const warning = (number: number) =>
  `Warning: IPMI cannot fence: 1111111${number}-0000-4000-8000-000000000001 is not listed in /f/IPMI/IPMI.hosts.\n`;

describe("a fence method that cannot work is named before it is needed", () => {
  test("by set, after the change", async () => {
    const run = await haCfg(["set", "FENCE_METHOD", "IPMI"], { hosts, method: unlisted });
    expect([run.code, run.err]).toEqual([0, warning(1) + warning(2)]);
    expect(run.world.otherConfig["HA_FENCE_METHOD"]).toBe("IPMI");
  });

  test("with the settings as they are after the change", async () => {
    const asked: string[] = [];
    const method = (name: string, agents: string) => {
      asked.push(`${name} in ${agents}`);
      return {};
    };
    await haCfg(["set", "FENCE_FILE_LOC", "/opt/fence"], {
      ...{ hosts, method, otherConfig: { HA_FENCE_METHOD: "MINE,ILO" } },
    });
    expect(asked).toEqual(["MINE in /opt/fence", "ILO in /opt/fence"]);
  });

  test("by insert, whether it writes anything or not", async () => {
    const setUp = { hosts, method: unlisted, otherConfig: { HA_FENCE_METHOD: "IPMI" } };
    const first = await haCfg(["insert"], setUp);
    expect([first.code, first.err]).toEqual([0, warning(1) + warning(2)]);
    const again = await haCfg(["insert"], { ...setUp, otherConfig: first.world.otherConfig });
    expect([again.code, again.err]).toEqual([0, warning(1) + warning(2)]);
    expect(again.out).toContain("nothing was changed");
  });

  test("by preset, and by set --local, for the hosts that this one remembers", async () => {
    const setUp = { hosts, method: () => ({ faults: ["there is no /f/MINE/MINE.sh"] }) };
    const otherConfig = { HA_FENCE_METHOD: "MINE", HA_FENCE_ENABLED: "0" };
    const preset = await haCfg(["preset", "two-node", "192.0.2.254", "--yes"], { ...setUp, otherConfig });
    expect(preset.code).toBe(0);
    expect(preset.err).toContain("cannot fence: there is no /f/MINE/MINE.sh.\n");
    const lastGoodHosts = hosts.map(({ uuid, name, address }) => ({
      ...{ uuid, name, address, otherAddresses: [], enabled: true, xapiStartTime: null, bootTime: null },
      ...{
        xapiStartedAtMs: 0,
        bootedAtMs: 0,
        enabledSinceMs: 0,
        disabledSinceMs: null,
        disabledByStart: false,
        work: null,
      },
    }));
    const local = await haCfg(["set", "--local", "FENCE_METHOD", "MINE"], {
      ...{ ...setUp, rememberedFlag: "on", rememberedHosts: lastGoodHosts },
    });
    expect([local.code, local.err]).toEqual([
      0,
      "Warning: MINE cannot fence: there is no /f/MINE/MINE.sh.\n",
    ]);
  });

  test("an agent that nobody has tested, and one that is not run", async () => {
    const method = () => ({ untestedAgent: "/f/MINE/MINE.sh", ignoredAgent: "/f/IPMI/IPMI.sh" });
    const run = await haCfg(["set", "FENCE_USER", "admin"], {
      hosts,
      method,
      otherConfig: { HA_FENCE_METHOD: "MINE" },
    });
    expect(run.err).toBe(
      "Warning: /f/IPMI/IPMI.sh is not used, because MINE is built in; an agent of your own needs another name.\n" +
        "Warning: /f/MINE/MINE.sh has not been tested on this host, and its exit status 0 counts as proof that a host is off; run: ha-cfg fence-test.\n",
    );
  });

  test("many faults are not a flood", async () => {
    const method = () => ({ faults: ["a", "b", "c", "d", "e"] });
    const run = await haCfg(["set", "FENCE_METHOD", "IPMI"], { hosts, method });
    expect(run.err).toEndWith(
      "Warning: IPMI cannot fence: c.\nWarning: IPMI cannot fence: 2 more faults like these; ha-cfg fence-test shows all.\n",
    );
  });

  test("not where nobody is fenced: another parameter, fencing off, a single host", async () => {
    const otherConfig = { HA_FENCE_METHOD: "IPMI" };
    for (const [args, world] of [
      [["set", "MAIL_ON", "0"], { hosts, otherConfig }],
      [["set", "FENCE_ENABLED", "0"], { hosts, otherConfig }],
      [["set", "FENCE_METHOD", "IPMI"], { hosts: [hostView(1)] }],
    ] as const)
      expect(
        (await haCfg([...args], { ...world, otherConfig: { ...otherConfig }, method: unlisted })).err,
      ).toBe("");
  });
});
