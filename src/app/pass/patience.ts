import type { Clock } from "../../ports/clock.ts";
import type { ConfigSource } from "../../ports/config-source.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { PassPorts } from "./pass-ports.ts";

/** A disk that takes longer than this for a small file is as good as none. */
const DISK_MS = 10_000;

function inTime<T>(clock: Clock, task: () => Promise<T>, late: () => T | Promise<T>): Promise<T> {
  return withDeadline<T | Promise<T>>(clock, DISK_MS, neverAborts(), task, late) as Promise<T>;
}

const LATE = `no answer of the disk within ${DISK_MS / 1_000} s`;

/** State documents with a deadline: a disk that hangs must not hold a pass until the monitor kills it. */
export function patientStore(store: StateStore, clock: Clock): StateStore {
  return {
    load: (name) =>
      inTime(
        clock,
        () => store.load(name),
        () => ({ kind: "unreadable", why: LATE }),
      ),
    save: (name, value) =>
      inTime(
        clock,
        () => store.save(name, value),
        () => Promise.reject(new Error(`Cannot write ${name}: ${LATE}`)),
      ),
  };
}

function patientConfig(config: ConfigSource, clock: Clock): ConfigSource {
  return {
    read: () =>
      inTime(
        clock,
        () => config.read(),
        () => ({ override: null, lastGood: null, problems: [`Cannot read the parameters: ${LATE}`] }),
      ),
    saveLastGood: (values) =>
      inTime(
        clock,
        () => config.saveLastGood(values),
        () => Promise.reject(new Error(LATE)),
      ),
  };
}

/** The ports of a pass, those to the disk with a deadline; the others are given one with every call. */
export function withPatience(ports: PassPorts): PassPorts {
  const { clock, store, config } = ports;
  return { ...ports, store: patientStore(store, clock), config: patientConfig(config, clock) };
}
