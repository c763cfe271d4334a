import { expect, test } from "bun:test";
import {
  judgeStop,
  type StopCause,
  type StopSigns,
  type StopVerdict,
} from "../../../../src/core/intent/judge-stop.ts";
import type { Stop } from "../../../../src/core/model/stop.ts";
import { host } from "../fixtures.ts";

const T0 = 1_000_000;
const DEFAULTS = { RESTART_STOPPED: false, RESTART_ON_GUEST_SHUTDOWN: true };
const NO_GUEST = { ...DEFAULTS, RESTART_ON_GUEST_SHUTDOWN: false };
const AS_BEFORE = { ...DEFAULTS, RESTART_STOPPED: true };

const SILENT = { startedAtMs: null, stoppedAtMs: null, isForced: false };
const started = { ...SILENT, startedAtMs: T0 - 9_000 };
const clean = { ...started, stoppedAtMs: T0 };
const hard = { ...clean, isForced: true };
const by = (who: Stop["who"], over: Partial<Stop> = {}): Stop => ({
  who,
  atMs: T0,
  host: host(2),
  ...over,
});

/** A master that has seen the VM run on h2, start it by a client, and stop. */
const sees = (over: Partial<StopSigns> = {}): StopSigns => ({
  kept: null,
  messages: started,
  alwaysRun: "unknown",
  ranOn: host(2),
  wentDown: () => "not yet",
  isHostLost: false,
  hasHostBooted: false,
  wallMs: T0 + 500,
  ...over,
});
/** A master that has become it since: no messages, nobody seen. */
const later = (over: Partial<StopSigns> = {}): StopSigns => sees({ messages: SILENT, ranOn: null, ...over });
/** With ha_restart_priority "restart". */
const [wanted, unwanted] = [{ alwaysRun: true }, { alwaysRun: false }] as const;
const lost = { isHostLost: true };
const wentDown: Partial<StopSigns> = { wentDown: () => "yes" };
const stays: Partial<StopSigns> = { wentDown: () => "no" };

function short({ cause, starts, toKeep }: StopVerdict): string {
  const who = cause.kind === "stopped" ? cause.stop.who : cause.kind;
  const keeps = toKeep === null ? "" : `, keeps ${toKeep.who}`;
  return `${who}: ${starts ? "started" : "left"}${keeps}`;
}

/** Who stopped it, by ha_restart_priority "restart" or another one, before and after a change of master. */
test.each<readonly [string, StopSigns, string]>([
  ["a client, clean", sees({ messages: clean }), "client-clean: left, keeps client-clean"],
  [
    "a client, clean, restart",
    sees({ messages: clean, ...unwanted }),
    "client-clean: left, keeps client-clean",
  ],
  ["a client, clean, later", later({ kept: by("client-clean") }), "client-clean: left"],
  ["a client, clean, restart, later", later({ kept: by("client-clean"), ...unwanted }), "client-clean: left"],
  ["a client, hard", sees({ messages: hard }), "client-hard: left, keeps client-hard"],
  ["a client, hard, restart", sees({ messages: hard, ...unwanted }), "client-hard: left, keeps client-hard"],
  ["a client, hard, later", later({ kept: by("client-hard") }), "client-hard: left"],
  ["a client whose key was lost, restart, later", later(unwanted), "client: left, keeps client"],
  ["a client whose key was lost, later", later(), "doubt: started"],
  ["the guest, a crash, a lost domain", sees(), "by-itself: started"],
  ["the guest, a crash, a lost domain, restart", sees(wanted), "by-itself: started"],
  ["the guest, restart, later", later(wanted), "no-client: started"],
  ["the guest, started by a client of this master", later({ messages: started }), "no-client: started"],
  ["a host that died", sees(lost), "host-lost: started"],
  ["a host that died, restart", sees({ ...lost, ...wanted }), "host-lost: started"],
  ["a host that died, later", later(lost), "host-lost: started"],
  ["a host that has booted since", sees({ hasHostBooted: true }), "host-lost: started"],
  [
    "a host that has booted since, its messages not read",
    sees({ hasHostBooted: true, messages: "unknown" }),
    "not-read: left",
  ],
  [
    "a host that has booted after the guest's own stop",
    sees({ hasHostBooted: true, kept: by("guest") }),
    "guest: started",
  ],
  [
    "a host that died after a client's stop",
    sees({ ...lost, messages: clean }),
    "client-clean: left, keeps client-clean",
  ],
  [
    "a host that died after a client's stop, later",
    later({ ...lost, kept: by("client-clean") }),
    "client-clean: left",
  ],
  ["Dom0's shutdown", sees({ messages: hard, ...wentDown }), "host: started, keeps host"],
  [
    "Dom0's shutdown, restart",
    sees({ messages: hard, ...unwanted, ...wentDown }),
    "host: started, keeps host",
  ],
  [
    "Dom0's shutdown, noted as a client's before",
    sees({ messages: hard, kept: by("client-hard"), ...wentDown }),
    "host: started, keeps host",
  ],
  ["Dom0's shutdown, later", later({ kept: by("client-hard"), ...wentDown }), "host: started, keeps host"],
  ["Dom0's shutdown, known, later", later({ kept: by("host") }), "host: started"],
  [
    "a client, and the host is there still",
    sees({ messages: hard, kept: by("client-hard") }),
    "client-hard: left",
  ],
  [
    "a client, and the host was there for long",
    sees({ messages: hard, kept: by("client-hard"), ...stays }),
    "client-hard: left, keeps client-hard",
  ],
  [
    "a client, and that is known of the host",
    sees({ messages: hard, kept: by("client-hard", { host: null }), ...stays }),
    "client-hard: left",
  ],
  ["Dom0's shutdown, known", sees({ messages: hard, kept: by("host") }), "host: started"],
])("%s", (_, signs, expected) => {
  expect(short(judgeStop(signs, DEFAULTS))).toBe(expected);
});

test.each<readonly [string, StopSigns, string]>([
  ["the guest", sees(), "stopped guest: left, keeps guest"],
  ["the guest, restart", sees(wanted), "stopped guest: left, keeps guest"],
  ["the guest, known", sees({ kept: by("guest") }), "stopped guest: left"],
  ["the guest, known, restart", sees({ kept: by("guest"), ...wanted }), "stopped guest: left"],
  ["the guest, later", later({ kept: by("guest") }), "stopped guest: left"],
  ["the guest, its host dies afterwards", later({ kept: by("guest"), ...lost }), "stopped guest: left"],
  ["a host that died", sees(lost), "host-lost: started"],
  ["who knows", later(), "doubt: started"],
  ["who knows, restart", later(wanted), "no-client: started"],
  ["a client", sees({ messages: clean }), "stopped client-clean: left, keeps client-clean"],
  ["Dom0's shutdown", sees({ messages: hard, ...wentDown }), "stopped host: started, keeps host"],
])("RESTART_ON_GUEST_SHUTDOWN=0: %s", (_, signs, expected) => {
  const verdict = judgeStop(signs, NO_GUEST);
  const text = short(verdict).replace(/^(client|guest|host:)/, "stopped $1");
  expect(text.replace("by-itself", "stopped guest")).toBe(expected);
});

test.each<readonly [string, StopSigns, string]>([
  ["a client", sees({ messages: clean }), "client-clean: started"],
  ["a client, later", later({ kept: by("client-clean") }), "client-clean: started"],
  ["nothing was read yet", sees({ messages: "unknown" }), "not-read: started"],
  ["the guest", sees(), "by-itself: started"],
])("RESTART_STOPPED=1: %s", (_, signs, expected) => {
  expect(short(judgeStop(signs, AS_BEFORE))).toBe(expected);
});

test("RESTART_STOPPED=1 does not start what its guest has shut down with RESTART_ON_GUEST_SHUTDOWN=0", () => {
  expect(judgeStop(sees(), { ...AS_BEFORE, ...NO_GUEST, RESTART_STOPPED: true }).starts).toBe(false);
});

test.each<readonly [string, StopSigns, StopCause["kind"], boolean]>([
  [
    "a client has started it since: the key is old",
    later({ kept: by("client-hard"), ...wanted }),
    "no-client",
    true,
  ],
  [
    "a start after the key, by the messages",
    sees({ kept: by("client-hard", { atMs: T0 - 99_000 }) }),
    "by-itself",
    true,
  ],
  [
    "a start after the key of its guest",
    sees({ kept: by("guest", { atMs: T0 - 99_000 }) }),
    "by-itself",
    true,
  ],
  ["stopped, yet to keep running", sees({ messages: clean, ...wanted }), "doubt", true],
  ["stopped and started in one second", sees({ messages: { ...clean, startedAtMs: T0 } }), "stopped", false],
  ["nothing was read yet", sees({ messages: "unknown" }), "not-read", false],
  [
    "nothing was read yet, and the key says it",
    sees({ messages: "unknown", kept: by("client") }),
    "stopped",
    false,
  ],
  ["nothing was read yet, and its host is lost", sees({ messages: "unknown", ...lost }), "host-lost", true],
  ["nothing can be read", sees({ messages: "unreadable" }), "doubt", true],
])("signs: %s", (_, signs, kind, starts) => {
  const verdict = judgeStop(signs, DEFAULTS);
  expect({ kind: verdict.cause.kind, starts: verdict.starts }).toEqual({ kind, starts });
});

test("judgeStop: keeps the host and the time of a client's stop, and the second of a guest's", () => {
  expect(judgeStop(sees({ messages: clean }), DEFAULTS).toKeep).toEqual(by("client-clean"));
  expect(judgeStop(sees({ messages: clean, ...stays }), DEFAULTS).toKeep).toEqual(
    by("client-clean", { host: null }),
  );
  expect(judgeStop(sees({ wallMs: T0 + 999 }), NO_GUEST).toKeep).toEqual(by("guest"));
});
