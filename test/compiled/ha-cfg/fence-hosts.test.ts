import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, chmodSync, existsSync, rmSync, statSync } from "node:fs";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "./stage.ts";

const PASSWORD = "correct horse & <battery>";
const FILE = "etc/ha-lizard/fence/IPMI/IPMI.hosts";
const uuid = (host: number) => hostDefaults(host).uuid;
const folder = new ScratchFolder("ha-cfg-fence-hosts");
let stage: Stage;
beforeAll(async () => {
  const powerOn = { user: "admin", password: PASSWORD };
  stage = await Stage.open(folder, {
    ...{ hosts: 3, ha: "true", vms: [], params: { FENCE_METHOD: "POOL" } },
    special: [
      { powerOn: { ...powerOn, address: "192.0.2.11" } },
      { powerOn: { ...powerOn, address: "2001:db8::12" } },
      { ipmiAddress: "192.0.2.13" },
    ],
  });
  for (const host of [1, 2, 3]) {
    stage.installPlugin(host);
    // The line that is logged is its standard input.
    folder.script(
      `root${host}/opt/xensource/bin/logger`,
      `{ echo "$*"; cat; } >>"${stage.at(host, "var/log/logged")}"`,
    );
  }
});
afterAll(() => stage.stop());

const run = (host: number, ...args: readonly string[]) => stage.run(host, ["fence-hosts", ...args]);
const lists = () =>
  [1, 2, 3].map((host) => (existsSync(stage.at(host, FILE)) ? stage.read(host, FILE) : null));
const SHAPE = "# <host uuid>:<address of its BMC>[:<port>][:<user>]\n";
const FROM_XAPI = `${SHAPE}${uuid(1)}:192.0.2.11:admin\n${uuid(2)}:[2001:db8::12]:admin\n${uuid(3)}:192.0.2.13\n`;

test("doctor names the command; from-xapi, run on a slave, fills the lists of three hosts and takes the password over", async () => {
  const found = await stage.run(1, ["doctor"]);
  expect(found.out).toContain("-> ha-cfg fence-hosts from-xapi --method IPMI --password; ");
  expect(lists()).toEqual([null, null, null]);
  const done = await run(2, "from-xapi", "--password", "--yes");
  expect([done.code, lists()]).toEqual([0, [FROM_XAPI, FROM_XAPI, FROM_XAPI]]);
  expect(done.out).toContain("Success: IPMI.hosts written on h2, h1, h3\n");
  expect(stage.poolKeys()["HA_FENCE_PASSWD"]).toBe(PASSWORD);
  for (const host of [1, 2, 3]) expect(statSync(stage.at(host, FILE)).mode & 0o777).toBe(0o600);
  // Neither what was shown nor what any host has logged.
  const logged = [1, 2, 3].map((host) => stage.read(host, "var/log/logged")).join("");
  expect(logged).toContain(`Asked through XAPI: ${stage.at(3, FILE)} replaced.`);
  expect(logged).toContain("FENCE_PASSWD of the pool changed from nothing to ********");
  expect(done.out + done.err + logged).not.toContain("horse");
  const again = await run(1);
  expect([again.code, again.err]).toEqual([0, ""]);
}, 60_000);

test("set: one line on all; what somebody has changed by hand on one host stays, and nothing is changed anywhere", async () => {
  const set = await run(1, "set", "h3", "192.0.2.33:root", "--yes");
  const changed = FROM_XAPI.replace("192.0.2.13", "192.0.2.33:root");
  expect([set.code, set.err, lists()]).toEqual([0, "", [changed, changed, changed]]);
  expect(stage.read(3, `${FILE}.bak`)).toBe(FROM_XAPI);
  appendFileSync(stage.at(3, FILE), "# by hand\n");
  const refused = await run(1, "set", "h2", "192.0.2.22", "--yes");
  expect([refused.code, lists()]).toEqual([1, [changed, changed, `${changed}# by hand\n`]]);
  expect(refused.err).toContain("Cannot write IPMI.hosts: h3: its list is another one than this host's");
  const forced = await run(3, "copy", "--yes", "--force");
  expect([forced.code, new Set(lists())]).toEqual([0, new Set([`${changed}# by hand\n`])]);
}, 60_000);

test("a host that does not answer is named, and gets the list later; one whose file others may write refuses it", async () => {
  const before = stage.read(3, FILE);
  rmSync(stage.at(3, "etc/xapi.d/plugins/ha-lizard-plugin"));
  const refused = await run(1, "set", "h2", "192.0.2.22", "--yes");
  expect([refused.code, stage.read(3, FILE)]).toEqual([1, before]);
  expect(refused.err).toContain("Warning: h3 was not reached: ");
  expect(refused.err).toContain("until this is run: ha-cfg fence-hosts copy h3 --method IPMI\n");
  const [first, second] = lists();
  expect([first, first === before]).toEqual([second, false]);
  stage.installPlugin(3);
  chmodSync(stage.at(3, FILE), 0o666);
  const open = await run(1, "copy", "h3", "--yes", "--force");
  expect([open.code, open.err]).toEqual([1, expect.stringContaining(`run: chmod go-w ${stage.at(3, FILE)}`)]);
  chmodSync(stage.at(3, FILE), 0o600);
  const later = await run(1, "copy", "h3", "--method", "IPMI", "--yes");
  expect([later.code, later.err, new Set(lists()).size]).toEqual([0, "", 1]);
}, 60_000);
