import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { PASSWORD, SshServer } from "../../../tools/devices/sshd.ts";
import { PATH, processesWith, until } from "../../adapters/scratch.ts";
import { AgentFolders, HOST, MAIN } from "./play-agent.ts";

setDefaultTimeout(90_000);
const server = await SshServer.start("clp-shell.sh");

/** Starts `ha-lizard fence ILO <host> <action>` from the sources, as the fencer does: without a terminal. */
function startAgent(
  action: string,
  mode = "ok",
  around: (command: readonly string[]) => readonly string[] = (c) => c,
) {
  const box = server.box({ power: "On", mode, asked: "" });
  const folders = new AgentFolders(server, "ILO", { "ILO.hosts": `${HOST}:${box.address}\n` });
  const command = [process.execPath, MAIN, "fence", "ILO", HOST, action];
  const child = Bun.spawn([server.enter, ...around(command)], {
    cwd: "/",
    env: {
      PATH,
      HA_LIZARD_ROOT: folders.root,
      FENCE_FILE_LOC: folders.path,
      FENCE_PASSWD: PASSWORD,
      FENCE_TIMEOUT: "40",
    },
    detached: true,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const end = async () => {
    const texts = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
    const [stdout = "", stderr = ""] = await Promise.all(texts);
    return { code: await child.exited, stdout, stderr };
  };
  const sshOf = () => processesWith(`${folders.pins}/ssh/${box.address}`);
  return { box, child, end, sshOf };
}

/** The command lines of all processes, looked at again and again until `over`. */
async function watchCommandLines(over: Promise<unknown>): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  let running = true;
  const stop = over.then(() => {
    running = false;
  });
  while (running) {
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // It has ended meanwhile.
      }
    }
    await Bun.sleep(5);
  }
  await stop;
  return seen;
}

describe("fence ILO, the program", () => {
  test.concurrent("stop: cuts the power and says so on its last line", async () => {
    const { box, end } = startAgent("stop");
    expect(await end()).toEqual({ code: 0, stdout: `iLO ${box.address}: the host is off\n`, stderr: "" });
    expect(box.read("power")).toBe("Off");
  });

  test.concurrent("the password is in no command line and in no output", async () => {
    const { end } = startAgent("status");
    const running = end();
    const seen = [...(await watchCommandLines(running))];
    expect(await running).toEqual({ code: 0, stdout: "on\n", stderr: "" });
    expect(seen.some((line) => line.startsWith("ssh\0"))).toBe(true);
    expect(seen.filter((line) => line.includes(PASSWORD))).toEqual([]);
  });

  test.concurrent("SIGTERM: it says that its time was over, and no ssh is left", async () => {
    const { box, child, end, sshOf } = startAgent("stop", "mute");
    const running = end();
    expect(await until(() => box.read("asked") === "login", 20_000)).toBe(true);
    expect(sshOf()).not.toEqual([]);
    child.kill("SIGTERM");
    const { code, stdout } = await running;
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining("the time was over") });
    expect(await until(() => sshOf().length === 0)).toBe(true);
  });

  test.concurrent("SIGKILL of its group, as the fencer does: no ssh is left", async () => {
    const { box, child, sshOf } = startAgent("stop", "mute");
    expect(await until(() => box.read("asked") === "login", 20_000)).toBe(true);
    expect(sshOf()).not.toEqual([]);
    process.kill(-child.pid, "SIGKILL");
    await child.exited;
    expect(await until(() => sshOf().length === 0)).toBe(true);
  });

  test.concurrent("at a terminal ssh does not ask there", async () => {
    const quote = (word: string) => `'${word}'`;
    const terminal = (command: readonly string[]) => [
      "script",
      "-qec",
      command.map(quote).join(" "),
      "/dev/null",
    ];
    const { end } = startAgent("status", "ok", terminal);
    expect(await end()).toMatchObject({ code: 0, stdout: "on\r\n" });
  });

  test.concurrent("at a terminal, ended by SIGTERM: no ssh is left", async () => {
    const pidFile = server.folder.at("agent-pid");
    const terminal = (command: readonly string[]) => [
      "script",
      "-qec",
      `echo $$ >${pidFile}; exec ${command.join(" ")}`,
      "/dev/null",
    ];
    const { box, end, sshOf } = startAgent("stop", "mute", terminal);
    const running = end();
    expect(await until(() => box.read("asked") === "login", 20_000)).toBe(true);
    expect(sshOf()).not.toEqual([]);
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM");
    expect(await running).toMatchObject({ code: 1 });
    expect(await until(() => sshOf().length === 0)).toBe(true);
  });
});
