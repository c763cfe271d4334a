import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createSshPlace } from "../../../../src/adapters/ties/ssh-place.ts";
import type { Claim } from "../../../../src/ports/tie-breaker.ts";
import { generateKey } from "../../../tools/devices/sshd.ts";
import { never, processesWith, timed, until } from "../scratch.ts";
import { Machine, SHELLS, startServer } from "./ssh-machine.ts";

setDefaultTimeout(90_000);
const server = await startServer();
const A = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const B = "9a1d2b3c-0000-4c56-9a57-0d5f5c8f4a12";
const OWN = { kind: "own" } as const;
const whyOf = (answer: object): string => ("why" in answer ? String(answer.why) : JSON.stringify(answer));

describe.each(SHELLS)("a machine with %s", (shell) => {
  test("claims, asks and removes", async () => {
    const machine = new Machine(server, shell);
    const [a, b] = [await machine.host(), await machine.host()];
    expect(await a.holder("tie-1", never())).toEqual({ kind: "free" });
    expect(await a.claim("tie-1", A, never())).toEqual(OWN);
    expect(await b.claim("tie-1", B, never())).toEqual({ kind: "other", holder: A });
    expect(await a.claim("tie-1", A, never())).toEqual(OWN);
    expect(await b.holder("tie-1", never())).toEqual({ kind: "held", holder: A });
    expect([machine.files(), machine.read("tie-1")]).toEqual([["tie-1"], `${A}\n`]);
    expect(statSync(machine.directory).mode & 0o777).toBe(0o700);
    expect(await b.remove("tie-1", never())).toBeNull();
    expect(await b.remove("tie-1", never())).toBeNull();
    expect(await b.claim("tie-1", B, never())).toEqual(OWN);
    expect(await a.test(never())).toBeNull();
    expect(machine.files()).toEqual(["tie-1"]);
  });

  test("of claims at the same instant exactly one wins, and all are told which", async () => {
    const machine = new Machine(server, shell);
    const [a, b] = [await machine.host(), await machine.host()];
    for (let round = 0; round < 20; round++) {
      const name = `round-${round}`;
      const claims = await Promise.all([a.claim(name, A, never()), b.claim(name, B, never())]);
      const winner = machine.read(name).trim();
      const told = (host: string): Claim => (host === winner ? OWN : { kind: "other", holder: winner });
      expect(claims).toEqual([told(A), told(B)]);
    }
    expect(machine.files()).toHaveLength(20);
  });

  // What is found first is run in the place of the tool; SSHD has the connection.
  const CUT = "kill -9 $SSHD";
  const GONE = "kill -9 $SSHD $PPID";
  test.each([
    ["before the link, which is made all the same", "ln", `${CUT}; exec "$REAL" "$@"`, OWN, 1],
    ["before the link, and the machine goes down", "ln", GONE, OWN, 2],
    ["after the link", "ln", `"$REAL" "$@"; ${CUT}`, OWN, 1],
    ["after the link, and the machine goes down", "ln", `"$REAL" "$@"; ${GONE}`, OWN, 2],
    ["before the first flush", "sync", GONE, OWN, 2],
    [
      "when all is done, before the answer",
      "sync",
      `"$REAL" "$@"; [ $1 = ./tie ] || exit 0; ${GONE}`,
      OWN,
      1,
    ],
  ])("cut %s: unknown, and asked again it is known", async (_, tool, body, again, files) => {
    const machine = new Machine(server, shell);
    const [a, b] = [await machine.host(), await machine.host()];
    machine.tool(tool, body);
    expect(whyOf(await a.claim("tie", A, never()))).toContain(`${machine.directory}: `);
    machine.toolAway(tool);
    // What goes on there without its connection comes to its end.
    expect(await until(() => processesWith(machine.directory).length === 0)).toBe(true);
    expect(await a.claim("tie", A, never())).toEqual(again);
    expect(await b.claim("tie", B, never())).toEqual({ kind: "other", holder: A });
    expect(machine.files()).toHaveLength(files);
  });

  test("what interrupted calls leave is removed a day later, nothing else, and not all at once", async () => {
    const machine = new Machine(server, shell);
    const ties = await machine.host();
    const old = new Date(Date.now() - 3 * 86_400_000);
    const left = [
      `.claim-${A}-00ff`,
      ".test-00ff",
      ...Array.from({ length: 60 }, (_, n) => `.claim-${A}-${n}`),
    ];
    const kept = ["tie", ".claim-$(id)", ".claim-a b", ".claimed", "test-1"];
    for (const name of [...left, ...kept]) {
      machine.write(name, `${A}\n`);
      utimesSync(`${machine.directory}/${name}`, old, old);
    }
    machine.write(".claim-00", "");
    mkdirSync(`${machine.directory}/.test-0a`);
    expect(await ties.remove("gone", never())).toBeNull();
    expect(machine.files().length).toBeGreaterThan(kept.length + 2);
    expect(await ties.remove("gone", never())).toBeNull();
    expect(machine.files()).toEqual([...kept, ".claim-00", ".test-0a"].sort());
  });

  test("a claim that holds anything else is nobody's", async () => {
    const machine = new Machine(server, shell);
    const ties = await machine.host();
    const odd: Readonly<Record<string, (at: string) => unknown>> = {
      empty: (at) => writeFileSync(at, ""),
      "no-uuid": (at) => writeFileSync(at, "somebody\n"),
      "too-long": (at) => writeFileSync(at, A.repeat(3)),
      almost: (at) => writeFileSync(at, A.slice(1)),
      "two-lines": (at) => writeFileSync(at, `${A}\n${B}\n`),
      bytes: (at) => writeFileSync(at, new Uint8Array(1_000_000).fill(0xfe)),
      folder: (at) => mkdirSync(at),
      "dangling-link": (at) => Bun.spawnSync(["ln", "-s", "/nowhere", at]),
      link: (at) => Bun.spawnSync(["ln", "-s", "/etc/hostname", at]),
      pipe: (at) => Bun.spawnSync(["mkfifo", at]),
    };
    for (const [name, put] of Object.entries(odd)) {
      put(`${machine.directory}/${name}`);
      expect(whyOf(await ties.claim(name, A, never()))).toContain(`a claim holds something odd (${name}`);
    }
    expect(whyOf(await ties.holder("empty", never()))).toContain("look who has written it, and remove it");
    expect(machine.files()).toEqual(Object.keys(odd).sort());
  });

  test("a full disk and one that is read-only, with their cures", async () => {
    const full = new Machine(server, shell);
    const disk = server.folder.at(full.box.address, "disk");
    const onDisk = `mkdir -p disk; mountpoint -q disk || { mount -t tmpfs -o size=16k none disk; mkdir disk/ties; `;
    full.box.write("prelude", `${onDisk} cat /dev/zero >disk/fill 2>/dev/null; }`);
    const fullTies = await full.host(`${disk}/ties`);
    expect(whyOf(await fullTies.claim("tie", A, never()))).toContain("the disk is full: make room there");
    expect(await fullTies.test(never())).toContain("the disk is full: make room there");
    expect(await fullTies.holder("tie", never())).toEqual({ kind: "free" });

    const closed = new Machine(server, shell);
    const readOnly = server.folder.at(closed.box.address, "disk");
    closed.box.write("prelude", `${onDisk} mount -o remount,ro none disk; }`);
    const closedTies = await closed.host(`${readOnly}/ties`);
    expect(whyOf(await closedTies.claim("tie", A, never()))).toContain("it is mounted read-only");
    expect(await closedTies.test(never())).toContain("it is mounted read-only");
  });

  test("a file system without hard links", async () => {
    const machine = new Machine(server, shell);
    const ties = await machine.host();
    machine.tool("ln", 'echo "ln: ./tie: Operation not permitted" >&2; exit 1');
    expect(await ties.test(never())).toMatch(
      /no hard link can be made \(ln: .*Operation not permitted\); the file system there has none \(vfat/,
    );
    expect(machine.files()).toEqual([]);
  });

  test("an `ln` that says yes and does nothing is not believed", async () => {
    const machine = new Machine(server, shell);
    const ties = await machine.host();
    machine.tool("ln", "exit 0");
    expect(whyOf(await ties.claim("tie", A, never()))).toContain("no hard link can be made");
  });
});

describe("the folder", () => {
  test("is made by the set-up only: without its disk nobody wins", async () => {
    const machine = new Machine(server, "dash");
    const ties = await machine.host();
    expect(await ties.claim("tie", A, never())).toEqual(OWN);
    rmSync(machine.directory, { recursive: true });
    for (const answer of [await ties.claim("tie", B, never()), await ties.holder("tie", never())])
      expect(whyOf(answer)).toContain("look whether the disk that had it is mounted");
    expect(await ties.remove("tie", never())).toContain("the folder of the claims cannot be entered");
    expect(existsSync(machine.directory)).toBe(false);
  });

  test("may be below the home, whatever CDPATH says", async () => {
    const machine = new Machine(server, "dash");
    machine.box.write("prelude", "mkdir -p other/deep/ties; export CDPATH=$PWD/other");
    const ties = await machine.host("deep/ties");
    expect(await ties.claim("tie", A, never())).toEqual(OWN);
    expect(existsSync(server.folder.at(machine.box.address, "deep/ties/tie"))).toBe(true);
  });

  test("that cannot be made is named, with what was said", async () => {
    const machine = new Machine(server, "busybox");
    machine.box.write("ties", "a file");
    const { place } = await machine.known();
    expect(await place.prepare(never())).toMatch(
      /the folder of the claims cannot be entered \(.*exists.*\)/i,
    );
  });
});

describe("who is asked", () => {
  test("a machine at an IPv6 address", async () => {
    const machine = new Machine(server, "dash", "::1");
    expect(await (await machine.host()).claim("tie", A, never())).toEqual(OWN);
  });

  test("only one whose key was pinned by the set-up, and then only that key", async () => {
    const machine = new Machine(server, "dash");
    const { place, ties, context } = await machine.known();
    expect(whyOf(await ties.claim("tie", A, never()))).toContain(
      "its host key is not pinned on this host; set the tie-breaker here first",
    );
    expect(existsSync(server.folder.at(machine.box.address, "asked"))).toBe(false);
    expect(await place.prepare(never())).toBeNull();
    const pinned = readFileSync(context.hosts, "utf8");
    expect(pinned).toStartWith(`[${machine.box.address}]:22 ssh-ed25519 `);
    expect(await ties.claim("tie", A, never())).toEqual(OWN);
    expect(readFileSync(context.hosts, "utf8")).toBe(pinned);

    const other = generateKey(server.folder.at(`other-${machine.box.address}`), "ed25519");
    writeFileSync(context.hosts, `[${machine.box.address}]:22 ${other}\n`);
    machine.box.write("asked", "");
    for (const why of [whyOf(await ties.claim("tie", A, never())), await place.prepare(never())])
      expect(why).toContain("is not the one that was pinned");
    expect(machine.box.read("asked")).toBe("");
  });

  test("keys of several machines stand in one file", async () => {
    const [one, two] = [new Machine(server, "dash"), new Machine(server, "busybox")];
    const first = await one.known();
    expect(await first.place.prepare(never())).toBeNull();
    const before = readFileSync(first.context.hosts, "utf8");
    const second = await two.known();
    writeFileSync(second.context.hosts, before);
    expect(await second.place.prepare(never())).toBeNull();
    expect(readFileSync(second.context.hosts, "utf8")).toStartWith(before);
    expect(await second.ties.claim("tie", A, never())).toEqual(OWN);
  });

  test("a file of keys that others may write, or that is full, pins nobody", async () => {
    const machine = new Machine(server, "dash");
    const { place, ties, context } = await machine.known();
    writeFileSync(context.hosts, "");
    chmodSync(context.hosts, 0o666);
    expect(await place.prepare(never())).toContain("others may write it");
    expect(whyOf(await ties.claim("tie", A, never()))).toContain("others may write it");
    rmSync(context.hosts);
    mkdirSync(context.hosts);
    expect(await place.prepare(never())).toContain("cannot be used: it is a folder");
    const nowhere = { ...context, hosts: `${context.hosts}/no/where` };
    rmSync(context.hosts, { recursive: true });
    const at = { kind: "ssh", user: "root", address: machine.box.address, port: 22 } as const;
    const lost = createSshPlace({ ...at, directory: machine.directory }, nowhere);
    expect(await lost.prepare(never())).toContain("its host key cannot be kept in");
  });

  test("a machine that does not know our key: with the file to add", async () => {
    const machine = new Machine(server, "dash");
    const { place, context } = machine.fresh();
    expect(await place.prepare(never())).toContain("set the tie-breaker on this host");
    await place.publicKey(never());
    expect(await place.prepare(never())).toMatch(
      /the key \S+ of user root was refused \(.*\); add \S+tie-breaker-key\.pub to its authorized_keys$/,
    );
    chmodSync(context.key, 0o644);
    expect(await place.prepare(never())).toContain("others may read it; run: chmod 600");
  });

  test("a user without a shell, and a machine that is off", async () => {
    const machine = new Machine(server, "none");
    const { place } = await machine.known();
    expect(await place.prepare(never())).toMatch(
      /there was no answer \(exit status 1.*\); the user needs a POSIX shell/,
    );
    const off = new Machine(server, "dash", "192.0.2.1");
    expect(await (await off.known()).place.prepare(never())).toContain("192.0.2.1 cannot be reached");
  });

  test("greetings on both outputs are no answers, nor is somebody else's", async () => {
    const machine = new Machine(server, "dash");
    machine.box.write(
      "prelude",
      `echo "ha-lizard-tie 0000 held ${B}"; echo hello >&2; printf 'no end'; echo`,
    );
    expect(await (await machine.host()).claim("tie", A, never())).toEqual(OWN);
  });
});

describe("bounds", () => {
  test("a machine that hangs costs its time, and leaves no ssh here", async () => {
    const machine = new Machine(server, "dash");
    const { place, ties, context } = await machine.known(undefined, 3_000);
    expect(await place.prepare(never())).toBeNull();
    machine.tool("dd", "exec tail -f /dev/null --pid=$SSHD");
    machine.write("tie", A);
    const { value, ms } = await timed(ties.holder("tie", never()));
    expect(whyOf(value)).toContain("no answer within 3 s");
    expect(ms).toBeLessThan(8_000);
    expect(await until(() => processesWith(context.hosts).length === 0)).toBe(true);
  });

  test("the signal ends a call, and after it none begins", async () => {
    const machine = new Machine(server, "dash");
    const { place, ties, context } = await machine.known();
    expect(await place.prepare(never())).toBeNull();
    machine.box.write("asked", "");
    machine.tool("dd", "exec tail -f /dev/null --pid=$SSHD");
    machine.write("tie", A);
    const over = new AbortController();
    const asked = ties.claim("tie", A, over.signal);
    expect(await until(() => machine.box.read("asked") !== "", 20_000)).toBe(true);
    over.abort();
    expect(whyOf(await asked)).toContain("the time was over");
    expect(whyOf(await ties.claim("tie", A, over.signal))).toContain("the time was over");
    expect(await until(() => processesWith(context.hosts).length === 0)).toBe(true);
  });

  test("endless talk is cut", async () => {
    const machine = new Machine(server, "dash");
    const ties = await machine.host();
    machine.box.write("prelude", "exec yes");
    expect(whyOf(await ties.holder("tie", never()))).toContain("it said more than any answer is long");
  });
});
