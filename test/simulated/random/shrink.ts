import type { Plan, Step } from "./plan.ts";

/**
 * Takes away what a failing history does not need: steps, then calls that fail and bad weather, then hosts' worth of VMs, as long as it
 * still fails. Every try is one whole history, so `tries` bounds the work.
 */
export async function shrink(
  plan: Plan,
  fails: (plan: Plan) => Promise<boolean>,
  tries = 200,
): Promise<Plan> {
  let best = plan;
  let left = tries;
  const attempt = async (candidate: Plan): Promise<boolean> => {
    if (left-- <= 0 || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  if (best.chaos !== null) await attempt({ ...best, chaos: null });
  if (best.weather !== null) await attempt({ ...best, weather: null });
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.steps.length; ) {
      const steps = without(best.steps, from, size);
      if (!(await attempt({ ...best, steps }))) from += size;
    }
  }
  for (const vm of [...best.vms]) await attempt({ ...best, vms: best.vms.filter((kept) => kept !== vm) });
  return best;
}

function without(steps: readonly Step[], from: number, count: number): readonly Step[] {
  return [...steps.slice(0, from), ...steps.slice(from + count)];
}
