import { expect, test } from "bun:test";
import { raiseAlarm } from "../../../../src/app/alerts/raise-alarm.ts";
import { simulatePool } from "../../../../src/simulation/pool.ts";
import { simPassPorts } from "../../../../src/simulation/ports.ts";

const CALL = {
  key: "monitor-dead",
  severity: "error",
  subject: "The monitor of HA was restarted on this host",
  body: "It was dead.",
  advice: "Look at the log.",
} as const;

/** Raises the alarm on the second host, at these minutes; what was told by then. */
async function play(minutes: readonly number[], params: Readonly<Record<string, string>> = {}) {
  const pool = simulatePool({ hosts: 2, params });
  const disk = pool.disks[1];
  const ports = simPassPorts(pool.world, 2, undefined, disk);
  await ports.config.saveLastGood(params);
  for (const minute of minutes) {
    await pool.until(() => pool.clock.nowMs() >= minute * 60_000, 100 * 60_000);
    let over = false;
    void raiseAlarm(CALL, ports).then(() => {
      over = true;
    });
    await pool.until(() => over, 60_000);
  }
  const told = pool.world.log.filter(({ what }) => what === "mail" || what === "message");
  return told.map((entry) => `${Math.floor(entry.atMs / 60_000)} min: ${entry.what}`);
}

test("raiseAlarm: mailed, and a message of XAPI on this host", async () =>
  expect(await play([1])).toEqual(["1 min: mail", "1 min: message"]));

test("raiseAlarm: not again within MAIL_SCREEN_TIME, by whatever process", async () =>
  expect(await play([1, 2, 50, 62])).toEqual([
    "1 min: mail",
    "1 min: message",
    "62 min: mail",
    "62 min: message",
  ]));

test("raiseAlarm: the switches hold, by the last good copy", async () => {
  expect(await play([1], { MAIL_ON: "0" })).toEqual(["1 min: message"]);
  expect(await play([1], { ENABLE_ALERTS: "0" })).toEqual(["1 min: mail"]);
});
