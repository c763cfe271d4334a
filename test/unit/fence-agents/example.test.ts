import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { PATH, useScratch } from "../adapters/scratch.ts";

setDefaultTimeout(90_000);
const scratch = useScratch("example-agent");
const AGENT = resolve(import.meta.dir, "../../../fence/EXAMPLE/EXAMPLE.sh");
const HOST = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
const PASSWORD = 's3cret "quoted" \\ $HOME';
const LOGIN = `Basic ${btoa(`admin:${PASSWORD}`)}`;

// A copy under another name, as the README tells.
cpSync(AGENT, scratch.path("MYPDU/MYPDU.sh"));
scratch.file("MYPDU/MYPDU.hosts", `# outlets\n${HOST}:3\n7b1d9e20-44aa-4c55-8d66-99aabbccddee:4\n`);

const BUSY = "busy";

/** A power strip with a web interface; `answer` may get in the way of a request. */
function startStrip(power: "on" | "off", answer: (method: string) => string | null = () => null) {
  const strip = { power: power as string, asked: [] as string[], strangers: 0, address: "" };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      if (request.headers.get("authorization") !== LOGIN) {
        strip.strangers++;
        return new Response("no", { status: 401 });
      }
      const order = await request.text();
      strip.asked.push([request.method, new URL(request.url).pathname, order].join(" ").trim());
      const other = answer(request.method);
      if (other !== null) return new Response(other, { status: other === BUSY ? 503 : 200 });
      if (request.method === "PUT") strip.power = order;
      return new Response(strip.power);
    },
  });
  afterAll(() => server.stop(true));
  strip.address = `127.0.0.1:${server.port}`;
  return strip;
}

interface Call {
  readonly action?: string;
  readonly host?: string;
  readonly password?: string;
  readonly timeoutS?: number;
}

async function run(
  address: string,
  { action = "stop", host = HOST, password = PASSWORD, timeoutS = 20 }: Call = {},
) {
  const child = Bun.spawn([scratch.path("MYPDU/MYPDU.sh"), host, action], {
    cwd: "/",
    env: {
      PATH,
      FENCE_IPADDRESS: address,
      FENCE_PASSWD: password,
      FENCE_TIMEOUT: String(timeoutS),
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, said: stdout.trim().split("\n").at(-1), all: stdout + stderr };
}

describe.concurrent("the example agent", () => {
  const on = startStrip("on");
  test("stop: switches off and looks twice", async () => {
    expect(await run(on.address)).toMatchObject({ code: 0, said: "MYPDU: outlet 3 is off" });
    expect(on.asked).toEqual(["GET /outlet/3", "PUT /outlet/3 off", "GET /outlet/3", "GET /outlet/3"]);
  });

  const off = startStrip("off");
  test("stop: what is off is left alone, after a second look", async () => {
    expect((await run(off.address)).code).toBe(0);
    expect(off.asked).toEqual(["GET /outlet/3", "GET /outlet/3"]);
  });

  const cycled = startStrip("on");
  test("reset: off in between, on in the end", async () => {
    expect(await run(cycled.address, { action: "reset" })).toMatchObject({
      code: 0,
      said: "MYPDU: outlet 3 was off and is on again",
    });
    expect(cycled.asked.filter((line) => line.startsWith("PUT"))).toEqual([
      "PUT /outlet/3 off",
      "PUT /outlet/3 on",
    ]);
    expect(await run(cycled.address, { action: "status" })).toMatchObject({ code: 0, said: "on" });
  });

  const liar = startStrip("on", (method) => (method === "PUT" ? "done" : null));
  test("a strip that says OK and does nothing is a failure within its time", async () => {
    const end = await run(liar.address, { timeoutS: 4 });
    expect(end).toMatchObject({ code: 1, said: "MYPDU: outlet 3: not off in time, but on" });
  });

  const garbage = startStrip("on", () => "offline");
  test("an answer that is neither on nor off is a failure, and nothing is switched", async () => {
    const end = await run(garbage.address, { timeoutS: 4 });
    expect(end).toMatchObject({ code: 1, said: "MYPDU: outlet 3: the power state is unknown: offline" });
    expect(new Set(garbage.asked)).toEqual(new Set(["GET /outlet/3"]));
  });

  let refusals = 2;
  const busy = startStrip("on", (method) => (method === "PUT" && refusals-- > 0 ? BUSY : null));
  test("a strip that is busy: the order is given again, with pauses", async () => {
    expect(await run(busy.address)).toMatchObject({ code: 0, said: "MYPDU: outlet 3 is off" });
    expect(busy.asked.filter((line) => line.startsWith("PUT"))).toHaveLength(3);
  });

  let silent = 2;
  const starting = startStrip("on", () => (silent-- > 0 ? BUSY : null));
  test("a strip that is just starting is asked again", async () => {
    expect(await run(starting.address, { action: "status" })).toMatchObject({ code: 0, said: "on" });
  });

  const strict = startStrip("on");
  test("a wrong password, a strip that is not there, a host that is not listed", async () => {
    const wrong = await run(strict.address, { password: "wrong-one" });
    expect(wrong).toMatchObject({ code: 1, said: expect.stringContaining("401") });
    expect(wrong.all).not.toContain("wrong-one");
    // A second login might lock the account.
    expect(strict.strangers).toBe(1);
    expect((await run("127.0.0.1:1", { timeoutS: 3 })).said).toContain(
      "the power state is unknown: no answer",
    );
    const unlisted = await run(strict.address, { host: HOST.replace("2f", "3f") });
    expect(unlisted).toMatchObject({ code: 1, said: expect.stringContaining("is not listed") });
    expect(strict.asked).toEqual([]);
  });

  const usages: readonly (readonly [string, Call])[] = [
    ["an action it does not know", { action: "cut" }],
    ["a host for sed", { host: "2f.*" }],
    ["no host", { host: "" }],
  ];
  test.each(usages)("wrong usage: %s", async (_, call) => {
    expect((await run(strict.address, call)).code).toBe(2);
  });

  const watched = startStrip("off");
  test("the password is on no command line", async () => {
    const running = run(watched.address);
    const seen = new Set<string>();
    let over = false;
    const ended = running.then(() => {
      over = true;
    });
    while (!over) {
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
          seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        } catch {
          // It has ended meanwhile.
        }
      }
      await Bun.sleep(2);
    }
    await ended;
    expect((await running).code).toBe(0);
    expect([...seen].some((line) => line.includes("MYPDU.sh"))).toBe(true);
    expect([...seen].filter((line) => line.includes(PASSWORD))).toEqual([]);
  });
});
