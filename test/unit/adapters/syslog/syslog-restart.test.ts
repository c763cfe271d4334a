import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { lacks } from "../machine.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder();

/**
 * A real logger and a real syslogd in mounts of their own, where /dev has nothing but what is put there. The program logs
 * when syslog is there, when it is gone, and when it is back.
 */
test.skipIf(lacks("busybox"))(
  "createSyslogLogger: syslog is restarted, and away meanwhile: nothing crashes, later lines arrive",
  async () => {
    const sources = resolve(import.meta.dir, "../../../../src");
    const program = folder.write(
      "logs.ts",
      `import { createSystemClock } from "${sources}/adapters/processes/clock-system.ts";
     import { createSyslogLogger } from "${sources}/adapters/syslog/logger-syslog.ts";
     const environment = { PATH: process.env.PATH };
     const logger = createSyslogLogger({ clock: createSystemClock(), environment, foreground: false, mask: (text) => text });
     for (const text of process.argv.slice(2)) logger.log("warning", "vm_mon", text);
     await logger.flush();
     console.log("flushed", process.argv.length - 2);`,
    );
    const log = folder.at("messages");
    const script = folder.write(
      "story.sh",
      `set -eu
mkdir -p ${folder.at("dev")}
mount -t tmpfs none ${folder.at("dev")}
for node in null zero urandom random; do
  : >${folder.at("dev")}/$node
  mount --bind /dev/$node ${folder.at("dev")}/$node
done
mount --rbind ${folder.at("dev")} /dev
begin() {
  busybox syslogd -n -O ${log} </dev/null >/dev/null 2>&1 &
  daemon=$!
  tries=0
  until [ -S /dev/log ]; do tries=$((tries + 1)); [ $tries -lt 200 ] || exit 7; sleep 0.02; done
}
# A TERM that comes between its look for one and its next read is not noticed before the next message.
end() { kill -9 $daemon; wait $daemon 2>/dev/null || true; rm -f /dev/log; }
begin
"${process.execPath}" ${program} one </dev/null
end
"${process.execPath}" ${program} two </dev/null
begin
"${process.execPath}" ${program} three four </dev/null
tries=0
until grep -q four ${log}; do tries=$((tries + 1)); [ $tries -lt 200 ] || exit 8; sleep 0.02; done
end
`,
    );
    // The end of the first process of the namespace is the end of all in it.
    const child = Bun.spawn(
      ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "sh", script],
      { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 20_000, killSignal: "SIGKILL" },
    );
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    expect({ out, err, code: await child.exited }).toEqual({
      out: "flushed 1\nflushed 1\nflushed 2\n",
      err: "",
      code: 0,
    });
    const lines = readFileSync(log, "utf8").split("\n");
    expect(
      lines.filter((line) => line.includes("ha-lizard[")).map((line) => line.replace(/^.*vm_mon: /, "")),
    ).toEqual(["one", "three", "four"]);
    expect(lines.find((line) => line.includes("one"))).toMatch(/user\.warn ha-lizard\[\d+\]: vm_mon: one$/);
  },
  30_000,
);
