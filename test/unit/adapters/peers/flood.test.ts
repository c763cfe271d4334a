import { describe, expect, test } from "bun:test";
import { PATH, ScratchFolder, until } from "../scratch.ts";
import { FLOODS, type FloodServer, startFlood } from "./flood.ts";

const folder = new ScratchFolder("flood");
const SOURCES = `${import.meta.dir}/../../../../src`;
/** The program without anything takes some 35 MB. */
const MOST_MB = 110;
const DEADLINE_MS = 1_000;

/**
 * Asks in a process of its own, which says how it ended, after how long, and what it needed; the deadline is a timer of
 * that process, so a flood that keeps it busy is seen.
 */
async function ask(server: FloodServer, what: string, imports: string) {
  const code = `
    import { readFileSync } from "node:fs";
    ${imports}
    const over = new AbortController();
    const began = performance.now();
    setTimeout(() => over.abort(), ${DEADLINE_MS});
    setTimeout(() => process.exit(9), 15_000).unref();
    const signal = over.signal;
    const end = await (${what}).then((answer) => JSON.stringify(answer), (error) => "rejected: " + error);
    const ms = performance.now() - began;
    const mb = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
    process.stdout.write(JSON.stringify({ end, ms, mb }));
    process.exit();`;
  const child = Bun.spawn([process.execPath, folder.write(`${crypto.randomUUID()}.ts`, code)], {
    env: { PATH, BUN_JSC_useJIT: "0" },
    stdin: "ignore",
    stdout: "pipe",
  });
  const said = JSON.parse(await new Response(child.stdout).text()) as { end: string; ms: number; mb: number };
  await until(() => server.open() === 0);
  expect(server.open()).toBe(0);
  return said;
}

describe.each(Object.keys(FLOODS))("%s", (flood) => {
  test("a peer's: refused, in time, without the memory for it", async () => {
    const server = await startFlood(flood);
    try {
      const imports = `import { postJsonOverHttp } from "${SOURCES}/adapters/peers/peer-http.ts";`;
      const url = `http://127.0.0.1:${server.port}/jsonrpc`;
      const { end, ms, mb } = await ask(server, `postJsonOverHttp("${url}", "{}", signal)`, imports);
      expect(end).toStartWith("rejected: ");
      expect(ms).toBeLessThan(DEADLINE_MS + 1_500);
      expect(mb).toBeLessThan(MOST_MB);
    } finally {
      await server.close();
    }
  });

  test("the own xapi's: a fault, in time, without the memory for it", async () => {
    const socketPath = folder.at(`${crypto.randomUUID().slice(0, 8)}.sock`);
    const server = await startFlood(flood, socketPath);
    try {
      const imports = `import { createSocketTransport } from "${SOURCES}/adapters/xapi/transport.ts";`;
      const options = JSON.stringify({ socketPath, maxAnswerBytes: 1_000_000 });
      const what = `createSocketTransport(${options}).call("host.get_all", [], signal)`;
      const { end, ms, mb } = await ask(server, what, imports);
      expect(JSON.parse(end)).toMatchObject({ ok: false });
      expect(ms).toBeLessThan(DEADLINE_MS + 1_500);
      expect(mb).toBeLessThan(MOST_MB);
    } finally {
      await server.close();
    }
  });
});
