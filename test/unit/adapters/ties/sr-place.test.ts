import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createTieBreaker } from "../../../../src/adapters/ties/place.ts";
import { createSrPlace, parseAnswer } from "../../../../src/adapters/ties/sr-place.ts";
import type { Claim } from "../../../../src/ports/tie-breaker.ts";
import { HANG, never, PATH, processesWith, timed, until, useScratch } from "../scratch.ts";

setDefaultTimeout(60_000);
const SR = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const A = "9a1d2b3c-0000-4c56-9a57-0d5f5c8f4a12";
const B = "9a1d2b3c-0000-4c56-9a57-0d5f5c8f4a13";
const OWN: Claim = { kind: "own" };
const MAIN = resolve(import.meta.dir, "../../../../src/main.ts");
const scratch = useScratch("sr-place");
const clock = createSystemClock();
const whyOf = (answer: object): string => ("why" in answer ? String(answer.why) : JSON.stringify(answer));
let hosts = 0;

/** A host with a root of its own, whose children see `store` as the SR; `mount`: how. */
function host(store: string, mount = 'mount --bind "$1" "$2"') {
  const root = scratch.path(`host-${++hosts}`);
  const point = `${root}/run/sr-mount/${SR}`;
  mkdirSync(point, { recursive: true });
  mkdirSync(store, { recursive: true });
  const inside = `set -e; ${mount}; shift 2; exec "$@"`;
  const self = scratch.script(
    `child-${hosts}`,
    `exec unshare --user --map-root-user --mount sh -c '${inside}' sh '${store}' '${point}' '${process.execPath}' '${MAIN}' "$@"`,
  );
  const environment = { PATH, HA_LIZARD_ROOT: root };
  const context = { clock, self: [self], environment, mounts: `${root}/run/sr-mount` };
  return { root, point, ties: createTieBreaker(createSrPlace({ kind: "sr", sr: SR }, context, 30_000)) };
}

/** A host whose child does this. */
function odd(body: string, callMs = 1_000) {
  const self = [scratch.script(`odd-${++hosts}`, body)];
  const context = { clock, self, environment: { PATH }, mounts: scratch.path("none") };
  return createTieBreaker(createSrPlace({ kind: "sr", sr: SR }, context, callMs));
}

describe("an SR that is mounted", () => {
  test("claims, asks, removes; two hosts share one folder on it", async () => {
    const store = scratch.path("store-1");
    const [a, b] = [host(store).ties, host(store).ties];
    expect(await a.holder("tie", never())).toEqual({ kind: "free" });
    expect(await a.claim("tie", A, never())).toEqual(OWN);
    expect(await b.claim("tie", B, never())).toEqual({ kind: "other", holder: A });
    expect(await a.claim("tie", A, never())).toEqual(OWN);
    expect(await b.holder("tie", never())).toEqual({ kind: "held", holder: A });
    expect(readFileSync(`${store}/ha-lizard-ties/tie`, "utf8")).toBe(`${A}\n`);
    expect(await b.remove("tie", never())).toBeNull();
    expect(await a.test(never())).toBeNull();
    expect(readdirSync(`${store}/ha-lizard-ties`)).toEqual([]);
  });

  test("of claims at the same instant exactly one wins, and both are told which", async () => {
    const store = scratch.path("store-2");
    const [a, b] = [host(store).ties, host(store).ties];
    for (let round = 0; round < 8; round++) {
      const name = `round-${round}`;
      const claims = await Promise.all([a.claim(name, A, never()), b.claim(name, B, never())]);
      const winner = readFileSync(`${store}/ha-lizard-ties/${name}`, "utf8").trim();
      const told = (me: string): Claim => (me === winner ? OWN : { kind: "other", holder: winner });
      expect(claims).toEqual([told(A), told(B)]);
    }
  });

  test("a link to a share that is mounted elsewhere below", async () => {
    const store = scratch.path("store-3");
    const smb =
      'share=$(dirname "$2")/SMB; mkdir -p "$share"; mount --bind "$1" "$share"; rmdir "$2"; ln -s SMB "$2"';
    const { ties, root } = host(store, smb);
    expect(await ties.claim("tie", A, never())).toEqual(OWN);
    expect(existsSync(`${store}/ha-lizard-ties/tie`)).toBe(true);
    expect(readdirSync(`${root}/run/sr-mount/SMB`)).toEqual([]);
  });

  test("one that is not plugged in: nothing is written below it", async () => {
    const { ties, point } = host(scratch.path("store-4"), ":");
    expect(whyOf(await ties.claim("tie", A, never()))).toContain(
      `nothing is mounted at ${point}; plug it in`,
    );
    expect(await ties.test(never())).toContain("nothing is mounted at");
    expect(readdirSync(point)).toEqual([]);
  });

  test("full, and read-only", async () => {
    const store = scratch.path("store-5");
    const tmpfs = 'mount -t tmpfs -o size=4k none "$2"';
    const full = host(store, `${tmpfs}; cat /dev/zero >"$2/fill" 2>/dev/null || :`).ties;
    expect(await full.test(never())).toContain("the disk is full: make room there");
    const closed = host(store, `${tmpfs}; mkdir "$2/ha-lizard-ties"; mount -o remount,ro none "$2"`).ties;
    expect(await closed.test(never())).toContain("it is mounted read-only");
  });

  test("while an earlier child is stuck, also one of another monitor, no second one touches the SR", async () => {
    const store = scratch.path("store-6");
    const { ties, root } = host(store);
    expect(await ties.claim("tie", A, never())).toEqual(OWN);
    const lock = `${root}/run/ha-lizard/tie-${SR}.lock`;
    const stuck = Bun.spawn(["flock", lock, "sh", "-c", "echo has it; read _"], {
      stdin: "pipe",
      stdout: "pipe",
    });
    const { value } = await stuck.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("has it\n");
    writeFileSync(`${store}/ha-lizard-ties/tie`, `${B}\n`);
    expect(whyOf(await ties.holder("tie", never()))).toContain(
      "still waits for its storage; look at the storage server",
    );
    stuck.stdin.end();
    await stuck.exited;
    expect(await ties.holder("tie", never())).toEqual({ kind: "held", holder: B });
  });
});

describe("the child", () => {
  test("one that hangs costs its time, and no further", async () => {
    const { value, ms } = await timed(odd(`: ${scratch.dir}-hangs\n${HANG}`).claim("tie", A, never()));
    expect(whyOf(value)).toBe(`SR ${SR}: no answer within 1 s; look at the storage server and its network`);
    expect(ms).toBeLessThan(4_000);
    expect(await until(() => processesWith(scratch.path("odd-")).length === 0)).toBe(true);
  });

  test("one at a time, and the signal ends those that wait, too", async () => {
    const notes = scratch.path("notes");
    const ties = odd(`echo begun >>'${notes}'\n${HANG}`, 60_000);
    const over = new AbortController();
    const asked = [ties.claim("tie", A, over.signal), ties.holder("tie", over.signal)];
    expect(await until(() => existsSync(notes))).toBe(true);
    over.abort();
    for (const answer of await Promise.all(asked)) expect(whyOf(answer)).toBe(`SR ${SR}: the time was over`);
    expect(readFileSync(notes, "utf8")).toBe("begun\n");
  });

  test.each([
    ["says nothing", "exit 3", "has ended without an answer (exit status 3)"],
    ["is killed", "kill -9 $$", "has ended without an answer (SIGKILL)"],
    ["says something else", "echo hello", "has ended without an answer (exit status 0)"],
    ["floods", "exec yes", "has ended without an answer ("],
  ])("one that %s", async (_, body, why) =>
    expect(whyOf(await odd(body).holder("tie", never()))).toContain(why),
  );

  test("there is none", async () => {
    const context = { clock, self: ["/no/where"], environment: { PATH }, mounts: "/no" };
    const ties = createTieBreaker(createSrPlace({ kind: "sr", sr: SR }, context));
    expect(whyOf(await ties.holder("tie", never()))).toContain("exit status unknown");
  });
});

test.each([
  ['{"kind":"free"}\n', { kind: "free" }],
  [`{"kind":"held","holder":"${A}"}`, { kind: "held", holder: A }],
  ['{"kind":"failed","why":"a\\nb"}', { kind: "failed", why: "a b" }],
  ['{"kind":"held","holder":"me"}', null],
  ['{"kind":"held"}', null],
  ['{"kind":"failed"}', null],
  ['{"kind":"own"}', null],
  ["null", null],
  ["[]", null],
  ["", null],
  ['{"kind":"free"', null],
])("parseAnswer: %p", (output, answer) => expect<unknown>(parseAnswer(output)).toEqual(answer));
