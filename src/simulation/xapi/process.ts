import { WORLD_BEGIN_WALL_MS } from "../clock.ts";
import type { ProcessRole, SimHost, World, XapiProcess } from "../world.ts";
import { loseUnwritten, store } from "./state-file.ts";

export function newProcess(host: SimHost): XapiProcess {
  return {
    host,
    role: parseRole(host.poolConf),
    alive: true,
    frozen: false,
    answers: false,
    serving: false,
    emergency: null,
    master: null,
    connected: false,
    lostAtMs: 0,
    retryAtMs: null,
    fuseLit: false,
    stuck: false,
    sessions: new Map(),
    localSessions: new Set(),
    heartbeats: new Map(),
    onDeath: new Set(),
    onThaw: [],
  };
}

function parseRole(poolConf: string): ProcessRole {
  const text = poolConf.trim();
  if (text === "master") return { kind: "master" };
  if (text.startsWith("slave:")) return { kind: "slave", address: text.slice("slave:".length) };
  return { kind: "broken" };
}

/** Lets the process go on after `ms`; never, if it died meanwhile; later, if it is stopped by a signal. */
export function pause(world: World, process: XapiProcess, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.clock.schedule(ms, () => goOn(process, resolve));
  });
}

/** Lets the process go on as soon as `ready` holds. */
export function until(world: World, process: XapiProcess, ready: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const abandoned = () => !process.alive;
    world.when(ready, () => goOn(process, resolve), abandoned);
  });
}

/** Lets the process go on when `ready` holds or after `ms`; says which. */
export function untilOrLater(
  world: World,
  process: XapiProcess,
  ready: () => boolean,
  ms: number,
): Promise<"ready" | "later"> {
  return new Promise((resolve) => {
    let settled = false;
    const settle = (which: "ready" | "later") => {
      if (settled) return;
      settled = true;
      timer.cancel();
      goOn(process, () => resolve(which));
    };
    const timer = world.clock.schedule(ms, () => settle("later"));
    world.when(
      ready,
      () => settle("ready"),
      () => settled || !process.alive,
    );
  });
}

function goOn(process: XapiProcess, step: () => void): void {
  if (!process.alive) return;
  if (process.frozen) process.onThaw.push(step);
  else step();
}

/** SIGSTOP and SIGCONT. */
export function setFrozen(world: World, process: XapiProcess, frozen: boolean): void {
  if (process.frozen === frozen) return;
  process.frozen = frozen;
  world.record(frozen ? "xapi-hung" : "xapi-resumed", { host: process.host.number });
  if (!frozen) for (const step of process.onThaw.splice(0)) step();
  world.topologyChanged();
}

/** `stop`: SIGTERM, or its own wish, so that a master writes its database. `kill`: SIGKILL, a crash, a power cut. */
export type Ending = "stop" | "kill";

/** Ends the process: connections break, the cookie goes. Its domains live on. */
export function endXapi(world: World, host: SimHost, why: string, ending: Ending): void {
  const process = host.xapi;
  if (process === null) return;
  process.alive = false;
  host.xapi = null;
  // A hung process has to be killed, and one that has loaded nothing yet has nothing to write.
  const writes = ending === "stop" && !process.frozen && process.serving;
  if (process.role.kind === "master" && writes) store(world, host);
  loseUnwritten(host);
  setCookie(world, host, false);
  world.record("xapi-ended", { host: host.number, why });
  for (const notice of process.onDeath) notice();
  world.topologyChanged();
}

export function setCookie(world: World, host: SimHost, present: boolean): void {
  if (host.initComplete === present) return;
  host.initComplete = present;
  if (present) host.initCompleteWallMs = WORLD_BEGIN_WALL_MS + world.nowMs() + host.wallStepMs;
  world.record("cookie", { host: host.number, present });
}

/** Writes pool.conf, which counts from the next start of xapi. */
export function writePoolConf(world: World, host: SimHost, text: string): void {
  if (host.poolConf === text) return;
  host.poolConf = text;
  world.record("pool-conf", { host: host.number, text });
}

/** Can `from` open a connection to the host's xapi and get an answer to a call that needs no database? */
export function answersTo(world: World, from: number, host: SimHost): boolean {
  const process = host.xapi;
  return world.reaches(from, host.number) && process?.answers === true && !process.frozen;
}
