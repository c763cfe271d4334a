import { afterEach, describe, expect, test } from "bun:test";
import { createPinger } from "../../../../src/adapters/peers/pinger-icmp.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { knowsLocalhost, lacks } from "../machine.ts";
import { never, processesWith, readLines, startProgram, timed, until, useScratch } from "../scratch.ts";

const scratch = useScratch("pinger");
const clock = createSystemClock();
const path = process.env["PATH"] ?? "";
const ping = (address: string, signal = never()) => createPinger({ clock }).ping(address, signal);

/** Puts a program named ping before the real one. */
function fakePing(body: string): void {
  scratch.script("bin/ping", body);
  process.env["PATH"] = `${scratch.path("bin")}:${path}`;
}

afterEach(() => {
  process.env["PATH"] = path;
});

const real = test.skipIf(lacks("ping"));

describe("ping: the system's own", () => {
  real("this host answers, by address and by IPv6", async () => {
    expect(await Promise.all(["127.0.0.1", "::1"].map((one) => ping(one)))).toEqual(["answered", "answered"]);
  });

  test.skipIf(!knowsLocalhost || lacks("ping"))("this host answers by its name", async () => {
    expect(await ping("localhost")).toBe("answered");
  });

  real("a name that does not resolve is silent", async () => {
    expect(await ping("no-such-host.invalid")).toBe("silent");
  });

  real("many at once do not disturb each other", async () => {
    const addresses = Array.from({ length: 40 }, (_, index) => `127.0.0.${index + 1}`);
    expect(new Set(await Promise.all(addresses.map((one) => ping(one))))).toEqual(new Set(["answered"]));
  });

  test("sixty-three dead hosts take the time of one", async () => {
    fakePing("sleep 0.5; echo '1 packets transmitted, 0 received'; exit 1");
    const addresses = Array.from({ length: 63 }, (_, index) => `10.0.0.${index + 1}`);
    const { ping } = createPinger({ clock });
    const one = await timed(ping("10.0.0.1", never()));
    const all = await timed(Promise.all(addresses.map((address) => ping(address, never()))));
    expect(new Set([one.value, ...all.value])).toEqual(new Set(["silent"]));
    // One after the other they would take 32 s.
    expect(all.ms).toBeLessThan(one.ms + 2_000);
  });

  test("the language of the administrator changes nothing", async () => {
    const before = process.env["LC_ALL"];
    process.env["LC_ALL"] = "de_DE.UTF-8";
    try {
      const said = scratch.path("locale");
      fakePing(`echo "$LC_ALL" >'${said}'`);
      await ping("10.0.0.1");
      expect(readLines(said)).toEqual(["C"]);
    } finally {
      if (before === undefined) delete process.env["LC_ALL"];
      else process.env["LC_ALL"] = before;
    }
  });
});

describe("ping: an address is never an option", () => {
  const odd = [
    "-f",
    "-c1000000",
    "--help",
    "",
    " ",
    "a b",
    "10.0.0.1;reboot",
    "$(reboot)",
    "127.0.0.1\n",
    "a".repeat(300),
  ];
  test.each(odd)("%p is silent, and no program is started for it", async (address) => {
    const mark = scratch.path("called");
    fakePing(`: >'${mark}'`);
    expect(await ping(address)).toBe("silent");
    expect(await Bun.file(mark).exists()).toBe(false);
  });
});

describe("ping: what its output means", () => {
  const answer = "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.1 ms";
  const head = "PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.";
  const rows: readonly (readonly [string, string, "answered" | "silent" | "unknown"])[] = [
    ["an answer", `echo '${head}'; echo '${answer}'`, "answered"],
    [
      "an answer of busybox",
      "echo 'PING 10.0.0.1 (10.0.0.1): 56 data bytes'; echo '64 bytes from 10.0.0.1: seq=0 ttl=64 time=0.065 ms'",
      "answered",
    ],
    [
      "no answer",
      `echo '${head}'; echo; echo '2 packets transmitted, 0 received, 100% packet loss, time 1001ms'; exit 1`,
      "silent",
    ],
    [
      "no such neighbour",
      `echo '${head}'; echo 'From 10.0.0.9 icmp_seq=1 Destination Host Unreachable'; exit 1`,
      "silent",
    ],
    ["no route", "echo 'connect: Network is unreachable' >&2; exit 2", "silent"],
    ["no such name (busybox)", "echo \"ping: bad address 'x'\" >&2; exit 1", "silent"],
    ["not permitted", "echo 'ping: socket: Operation not permitted' >&2; exit 2", "unknown"],
    [
      "an option it does not know",
      "echo \"ping: invalid option -- 'W'\" >&2; echo 'Usage: ping' >&2; exit 2",
      "unknown",
    ],
    ["nothing", "exit 0", "unknown"],
    ["one word", "echo PING", "unknown"],
    ["two words", "echo 'PING 10.0.0.1'", "unknown"],
    ["garbage", "head -c 2000 /dev/urandom", "unknown"],
    ["a signal", "kill -9 $$", "unknown"],
  ];
  test.each(rows)("%s", async (_, body, expected) => {
    fakePing(body);
    expect(await ping("10.0.0.1")).toBe(expected);
  });

  test("a ping that is missing has learnt nothing", async () => {
    process.env["PATH"] = scratch.path("empty");
    expect(await ping("127.0.0.1")).toBe("unknown");
  });
});

describe("ping: one that hangs", () => {
  test("is given up within its deadline, and no process is left", async () => {
    fakePing("trap '' TERM; sleep 20.5; sleep 20.5");
    const { value, ms } = await timed(ping("10.0.0.1"));
    expect(value).toBe("unknown");
    expect(ms).toBeLessThan(3_200);
    expect(await until(() => processesWith(scratch.dir).length === 0)).toBe(true);
  });

  test("ends when its caller's time is over", async () => {
    fakePing("exec sleep 20.5");
    const controller = new AbortController();
    const asked = timed(ping("10.0.0.1", controller.signal));
    expect(await until(() => processesWith("20.5").length > 0)).toBe(true);
    controller.abort();
    const { value, ms } = await asked;
    expect(value).toBe("unknown");
    expect(ms).toBeLessThan(2_000);
    expect(await until(() => processesWith("20.5").length === 0)).toBe(true);
  });
});

test("ping: a program whose ping says one word lives on, and ends by itself", async () => {
  scratch.script("word/ping", "echo PING");
  const program = startProgram(
    scratch,
    "one-word",
    `import { createPinger } from "$src/adapters/peers/pinger-icmp.ts";
     import { createSystemClock } from "$src/adapters/processes/clock-system.ts";
     const pinger = createPinger({ clock: createSystemClock() });
     const all = ["10.0.0.1", "10.0.0.2"].map((one) => pinger.ping(one, new AbortController().signal));
     console.log((await Promise.all(all)).join());
     await Bun.sleep(50);
     console.log("lives");`,
    { PATH: `${scratch.path("word")}:${path}` },
  );
  expect(await program.stdout.text()).toBe("unknown,unknown\nlives\n");
  expect(await program.exited).toBe(0);
});
