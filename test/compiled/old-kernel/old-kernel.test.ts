import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRecordFiles } from "../../../src/adapters/record/record-reader.ts";
import { startSmtpServer, type TestMailServer } from "../../unit/adapters/mail/smtp-server.ts";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { until } from "../e2e/world/wait.ts";
import { Stage } from "../ha-cfg/stage.ts";

const folder = new ScratchFolder("old-kernel");
const filter = folder.at("filter");
let stage: Stage;
let mail: TestMailServer;
beforeAll(async () => {
  const source = join(import.meta.dir, "filter.c");
  const made = Bun.spawnSync(["gcc", "-Wall", "-Werror", "-O1", "-o", filter, source]);
  expect([made.exitCode, made.stderr.toString()]).toEqual([0, ""]);
  mail = await startSmtpServer();
  // The other host answers ping, as all of the loopback does, and its XAPI is silent: with no tolerance it has failed soon.
  const quick = { MONITOR_DELAY: "1", XAPI_COUNT: "1", XAPI_DELAY: "1", XAPI_DOWN_TOLERANCE: "0" };
  const fencing = { FENCE_METHOD: "NOTES", FENCE_MIN_HOSTS: "1", FENCE_QUORUM_REQUIRED: "0" };
  stage = await Stage.open(folder, {
    hosts: 2,
    ha: "true",
    vms: [
      { name: "web", on: 1 },
      { name: "db", on: 2 },
    ],
    params: {
      ...{ ...quick, ...fencing, FENCE_FILE_LOC: folder.at("agents") },
      ...{ SMTP_SERVER: "127.0.0.1", SMTP_PORT: String(mail.port) },
    },
  });
  folder.script("agents/NOTES/NOTES.sh", `echo "$1 $2" >>"${folder.at("fenced")}"`);
  folder.script("root1/opt/xensource/bin/logger", `cat >>"${folder.at("log")}"`);
  // A host that was never followed since its boot shoots nobody: this one was.
  const { env, cwd } = stage.command(1, [], { network: true });
  const first = Bun.spawn([stage.binary, "iterate"], { cwd, env, stdin: "ignore", stderr: "ignore" });
  expect(await first.exited).toBe(0);
  const { document: memory } = JSON.parse(stage.read(1, "run/ha-lizard/state/recent-memory.json"));
  stage.write(
    1,
    "run/ha-lizard/state/recent-memory.json",
    JSON.stringify({ ...memory, sawPoolSinceBoot: true }),
  );
});
afterAll(async () => {
  await stage.stop();
  await mail.close();
});

/** What host 1 has recorded of its rounds. */
async function recorded(): Promise<readonly string[]> {
  const files = createRecordFiles({ record: folder.at("root1/etc/ha-lizard/state/record") });
  const opened = await Promise.all((await files.list()).map(({ path }) => files.open(path)));
  const texts = opened.flatMap((record) => (record.ok ? [...record.texts] : []));
  return texts.flatMap((one) => ("text" in one ? [one.text] : []));
}

test("the filter is in force", () => {
  expect(Bun.spawnSync([filter, "--check"]).stdout.toString()).toBe("ENOSYS\n");
});

test("monitor, iteration, ping, fence agent, mail and stop, with no system call that Linux 4.19 has not", async () => {
  const { env, cwd } = stage.command(1, [], { network: true });
  const monitor = Bun.spawn([filter, stage.binary, "monitor"], {
    cwd,
    env: { ...env, BUN_JSC_useJIT: "0" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  try {
    const log = () => (existsSync(folder.at("log")) ? readFileSync(folder.at("log"), "utf8") : "");
    await until("the other host being fenced", 40_000, () => {
      if (existsSync(folder.at("fenced"))) return true;
      throw new Error(log());
    });
    expect(readFileSync(folder.at("fenced"), "utf8")).toMatch(/^00000002-1111-\S+ stop\n/);
    await until("a line about it", 10_000, () =>
      log().includes("h2 was fenced: its agent confirms that it is off."),
    );
    await until("a mail about it", 10_000, () =>
      mail.mails.some(({ data }) => data.includes("h2 was fenced")),
    );
    // The ping of this machine was run and understood.
    await until("a record of it", 10_000, async () =>
      (await recorded()).some((text) => /"icmp": ?"answered"/.test(text)),
    );
    expect(existsSync(stage.sysrq)).toBe(false);
    const began = performance.now();
    monitor.kill("SIGTERM");
    expect(await monitor.exited).toBe(0);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await new Response(monitor.stderr).text()).toBe("");
  } finally {
    monitor.kill("SIGKILL");
  }
}, 70_000);

test("ha-cfg too", async () => {
  const { env, cwd } = stage.command(1, []);
  for (const args of [["get", "FENCE_METHOD"], ["status"], ["set", "XE_TIMEOUT", "9"]]) {
    const command = [filter, stage.binary, "ha-cfg", ...args];
    const child = Bun.spawn(command, { cwd, env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
    expect([args, await child.exited, await new Response(child.stderr).text()]).toEqual([args, 0, ""]);
  }
});
