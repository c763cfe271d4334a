import { type Greeted, stepGreeted } from "../../core/group/greeting.ts";
import type { HostUuid } from "../../core/model/ids.ts";

/** Who is not in the list and has greeted within this time is still there. */
const GREETER_MS = 30_000;

/** Hosts that greet this one: it does not have them in its list, or has none. */
export class Greeters {
  private greeted: Greeted = new Map();
  private readonly times = new Map<HostUuid, number>();

  /** When each has greeted last, as uptime in milliseconds; who has not for long may be missing. */
  get lastMs(): ReadonlyMap<HostUuid, number> {
    return this.times;
  }

  /** A greeting. Is it a reason to look who belongs to the pool? */
  take(from: HostUuid, nowMs: number): boolean {
    this.times.set(from, nowMs);
    const { greeted, wakes } = stepGreeted(this.greeted, from, nowMs);
    this.greeted = greeted;
    return wakes;
  }

  /** Who is still there. */
  recent(nowMs: number): ReadonlySet<HostUuid> {
    for (const [host, atMs] of this.times) if (nowMs - atMs > GREETER_MS) this.times.delete(host);
    return new Set(this.times.keys());
  }
}
