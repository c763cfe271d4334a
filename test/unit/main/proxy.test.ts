import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { ScratchFolder } from "../adapters/scratch.ts";

const MAIN = resolve(import.meta.dir, "../../../src/main.ts");
const folder = new ScratchFolder("proxy");

/** Iterates once on a host that is no Dom0, with a proxy in the environment; what that was asked for. */
async function askedOfProxy(variable: string): Promise<{ code: number; asked: number }> {
  let asked = 0;
  const proxy = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => {
        asked += 1;
        socket.end();
      },
      data: () => undefined,
    },
  });
  folder.write(
    `${variable}/etc/xensource-inventory`,
    "INSTALLATION_UUID='0a3b1c2d-0000-4000-8000-00000000000a'\n",
  );
  folder.write(`${variable}/etc/xensource/pool.conf`, "master");
  const child = Bun.spawn([process.execPath, MAIN, "iterate"], {
    env: {
      PATH: folder.at("no-tools"),
      HA_LIZARD_ROOT: folder.at(variable),
      [variable]: `http://127.0.0.1:${proxy.port}`,
    },
    ...{ stdin: "ignore", stdout: "ignore", stderr: "ignore", timeout: 20_000 },
  });
  const code = await child.exited;
  proxy.stop(true);
  return { code, asked };
}

for (const variable of ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"]) {
  test(`iterate: nobody is asked through ${variable}`, async () => {
    expect(await askedOfProxy(variable)).toEqual({ code: 0, asked: 0 });
  });
}
