import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { until } from "../e2e/world/wait.ts";
import { Stage } from "./stage.ts";

const folder = new ScratchFolder("hooks");
const SECRET = "s3cret-of-the-bmc";
let stage: Stage;
beforeAll(async () => {
  const params = { FENCE_PASSWD: SECRET, XE_TIMEOUT: "2" };
  stage = await Stage.open(folder, { hosts: 3, ha: "true", vms: [{ name: "web", on: 1 }], params });
  folder.script("root1/opt/xensource/bin/logger", `cat >>${folder.at("log")}`);
});
afterAll(() => stage.stop());

async function iterate(): Promise<void> {
  const { env } = stage.command(1, []);
  const command = ["unshare", "--user", "--map-root-user", "--net", stage.binary, "iterate"];
  const child = Bun.spawn(command, { env, stdin: "ignore", stderr: "ignore" });
  expect(await child.exited).toBe(0);
}

test("an iteration tells a hook what happens, waits for none, and logs what it prints without passwords", async () => {
  const told = folder.at("told");
  stage.write(
    1,
    "etc/ha-lizard/hooks/all",
    `#!/bin/sh\nsleep 1\ncat >>${told}\necho printed ${SECRET}\n`,
    0o755,
  );
  const begunMs = performance.now();
  await iterate();
  expect(existsSync(told)).toBe(false);
  expect(performance.now() - begunMs).toBeLessThan(20_000);
  const log = () => (existsSync(folder.at("log")) ? readFileSync(folder.at("log"), "utf8") : "");
  await until("the hook was told and its output is logged", 20_000, () =>
    log().includes("hooks/all: printed"),
  );
  const lines = readFileSync(told, "utf8").trim().split("\n");
  for (const line of lines) {
    const event = JSON.parse(line);
    expect(event).toMatchObject({ schema: 1, host: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(event.event).toMatch(/^[a-z-]+$/);
  }
  expect(log()).not.toContain(SECRET);
}, 60_000);

test("a hook that others may write is not run, and the log says what to do", async () => {
  const ran = folder.at("ran");
  stage.write(1, "etc/ha-lizard/hooks/all", `#!/bin/sh\ntouch ${ran}\n`, 0o755);
  await Bun.$`chmod 777 ${stage.at(1, "etc/ha-lizard/hooks/all")}`.quiet();
  const events = [{ schema: 1, event: "host-failed" }];
  const { env } = stage.command(1, []);
  const child = Bun.spawn(["unshare", "--user", "--map-root-user", stage.binary, "run-hooks"], {
    env,
    stdin: new TextEncoder().encode(JSON.stringify(events)),
    stderr: "ignore",
  });
  expect(await child.exited).toBe(0);
  expect(existsSync(ran)).toBe(false);
  expect(readFileSync(folder.at("log"), "utf8")).toContain("others may write it; run: chmod go-w ");
}, 60_000);
