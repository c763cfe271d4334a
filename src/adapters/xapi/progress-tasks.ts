import type { FailoverTask } from "../../core/alerts/failover-tasks.ts";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts, OVER, withDeadline } from "../../ports/deadline.ts";
import type { ProgressTasks } from "../../ports/progress-tasks.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { isApiFault, readRef } from "./errors.ts";
import type { Session } from "./session.ts";

const END_MS = 2_000;
const DESCRIPTION = "Follow it with ha-cfg watch; afterwards ha-cfg history says what happened.";

/** Of a host: its task, and how far it had come last. 1: it has ended, and the task is to be destroyed. */
type Shown = Readonly<Record<string, { readonly ref: string; readonly progress: number }>>;

export interface ProgressTaskOptions {
  readonly clock: Clock;
  readonly store: Pick<StateStore, "load" | "save">;
  /** Opens a session of its own, so that a XAPI that is slow to tell does not hold up one that acts. */
  readonly open: () => Pick<Session, "call" | "close">;
}

/** Tasks of XAPI, one after the other in the background; the last wish is the one that counts. */
export function createProgressTasks({ clock, store, open }: ProgressTaskOptions): ProgressTasks {
  const controller = new AbortController();
  let wish: readonly FailoverTask[] | null = null;
  let shown: Shown | null = null;
  let session: Pick<Session, "call" | "close"> | null = null;
  let running: Promise<void> | null = null;
  /** XAPI has refused, or has not answered: it is left alone until the next pass. */
  let isOver = false;

  const call = async (method: string, params: readonly unknown[]) => {
    session ??= open();
    const answer = await session.call(method, params, controller.signal);
    const isGone = !answer.ok && isApiFault(answer.fault, "HANDLE_INVALID");
    if (!answer.ok && !isGone) isOver = true;
    return { answer, isGone };
  };

  const begin = async (task: FailoverTask): Promise<Shown> => {
    const ref = readRef((await call("task.create", [task.label, DESCRIPTION])).answer);
    if (!ref.ok) return {};
    const created = { [task.host]: { ref: ref.value, progress: 0 } };
    // Written before anything else: a pass that is killed now leaves a task that the next one finds.
    await store.save("failover-tasks", { ...shown, ...created });
    return created;
  };

  const tellOne = async (host: string, task: FailoverTask | undefined): Promise<void> => {
    const known = shown?.[host];
    const isUnderWay = known !== undefined && known.progress < 1;
    if (!isUnderWay && task !== undefined && task.progress < 1) {
      shown = { ...shown, ...(await begin(task)) };
      return tellProgress(host, task.progress);
    }
    if (!isUnderWay) return;
    if (task !== undefined && task.progress < 1) return tellProgress(host, task.progress);
    // It is seen to have ended for as long as the next pass takes to come, which destroys it.
    await call("task.set_status", [known.ref, task === undefined ? "cancelled" : "success"]);
    if (!isOver) await tellProgress(host, 1);
  };

  const tellProgress = async (host: string, progress: number): Promise<void> => {
    const known = shown?.[host];
    if (known === undefined || known.progress === progress || isOver) return;
    const { isGone } = await call("task.set_progress", [known.ref, progress]);
    // With XAPI its tasks have ended, too: another one is begun.
    if (isGone) shown = without(shown ?? {}, host);
    else shown = { ...shown, [host]: { ref: known.ref, progress } };
    await store.save("failover-tasks", shown);
  };

  /** Those that a pass before this one has ended. */
  const clear = async (): Promise<void> => {
    for (const [host, { ref, progress }] of Object.entries(shown ?? {})) {
      if (progress !== 1 || isOver) continue;
      await call("task.destroy", [ref]);
      if (!isOver) shown = without(shown ?? {}, host);
    }
    await store.save("failover-tasks", shown ?? {});
  };

  const run = async (): Promise<void> => {
    if (shown === null) {
      const loaded = await store.load("failover-tasks");
      shown = loaded.kind === "found" ? shownOf(loaded.value) : {};
      if (Object.values(shown).some(({ progress }) => progress === 1)) await clear();
    }
    while (wish !== null && !isOver) {
      const now = new Map(wish.map((task) => [task.host as string, task]));
      wish = null;
      for (const host of new Set([...Object.keys(shown), ...now.keys()]))
        if (!isOver) await tellOne(host, now.get(host));
    }
  };

  return {
    show(tasks) {
      wish = tasks;
      running ??= run()
        .catch(() => {
          isOver = true;
        })
        .finally(() => {
          running = null;
        });
    },
    async end() {
      const told = (async () => {
        await running;
        await session?.close();
      })();
      await withDeadline(
        clock,
        END_MS,
        neverAborts(),
        () => told,
        () => undefined,
      );
      controller.abort(OVER);
    },
  };
}

function without(shown: Shown, host: string): Shown {
  return Object.fromEntries(Object.entries(shown).filter(([one]) => one !== host));
}

function shownOf(value: unknown): Shown {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter(([, one]) => typeof one?.ref === "string" && typeof one?.progress === "number"),
  );
}
