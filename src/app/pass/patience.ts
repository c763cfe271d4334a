import type { Clock } from "../../ports/clock.ts";
import type { ConfigSource } from "../../ports/config-source.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import { isOfThisBoot, type StateName, type StateStore } from "../../ports/state-store.ts";
import type { PassPorts } from "./pass-ports.ts";

/** How long a pass waits for its disk, all in all: one that takes longer for a few small files is as good as none. */
const DISK_MS = 10_000;
/** So long a healthy disk may take each time, and it counts for nothing. */
const FREE_MS = 500;
const TOO_SLOW = `the disk takes longer than the ${DISK_MS / 1_000} s that a pass has for it`;
/** What is of this boot alone is given this, whatever the disk has used up: it is on none (ports/state-store.ts). */
const OF_THIS_BOOT_MS = 1_000;

/**
 * The patience of one pass with its disk. What one write has waited for the others need not wait for: when it is used up
 * they are refused at once, so that a slow disk costs a pass once, and not with everything that it writes.
 */
class Patience {
  private readonly clock: Clock;
  private leftMs = DISK_MS;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** `leastMs`: what this is given even then. */
  async try<T>(
    task: () => Promise<T>,
    late: (why: string) => T | Promise<T>,
    leastMs: number | null = null,
  ): Promise<T> {
    const limitMs = Math.max(this.leftMs, leastMs ?? 0);
    if (limitMs <= 0) return late(TOO_SLOW);
    const beganMs = this.clock.uptimeMs();
    const onLate = () => {
      this.leftMs = 0;
      return late(TOO_SLOW);
    };
    const answer = await withDeadline<T | Promise<T>>(this.clock, limitMs, neverAborts(), task, onLate);
    this.leftMs -= Math.max(0, this.clock.uptimeMs() - beganMs - FREE_MS);
    return answer as T;
  }
}

/** One for each store, which a process has one of: the client of XAPI keeps its index there too. */
const known = new WeakMap<StateStore, Patience>();

function patienceWith(store: StateStore, clock: Clock): Patience {
  const before = known.get(store);
  if (before !== undefined) return before;
  const made = new Patience(clock);
  known.set(store, made);
  return made;
}

/** State documents with a deadline: a disk that hangs must not hold a pass until the monitor kills it. */
export function patientStore(store: StateStore, clock: Clock): StateStore {
  const patience = patienceWith(store, clock);
  return {
    load: (name) =>
      patience.try(
        () => store.load(name),
        (why) => ({ kind: "unreadable", why }),
        leastMs(name),
      ),
    save: (name, value, isWaitedFor) =>
      patience.try(
        () => store.save(name, value),
        (why) => Promise.reject(new Error(`Cannot write ${name}: ${why}`)),
        isWaitedFor === true ? DISK_MS : leastMs(name),
      ),
  };
}

const leastMs = (name: StateName) => (isOfThisBoot(name) ? OF_THIS_BOOT_MS : null);

function patientConfig(config: ConfigSource, patience: Patience): ConfigSource {
  return {
    read: () =>
      patience.try(
        () => config.read(),
        (why) => ({ override: null, lastGood: null, problems: [`Cannot read the parameters: ${why}`] }),
      ),
    saveLastGood: (values) =>
      patience.try(
        () => config.saveLastGood(values),
        (why) => Promise.reject(new Error(why)),
      ),
  };
}

/** The ports of a pass, those to the disk with a deadline; the others are given one with every call. */
export function withPatience(ports: PassPorts): PassPorts {
  const { clock, store, config } = ports;
  // A new pass is new patience, also where one process plays many passes.
  known.delete(store);
  return {
    ...ports,
    store: patientStore(store, clock),
    config: patientConfig(config, patienceWith(store, clock)),
  };
}
