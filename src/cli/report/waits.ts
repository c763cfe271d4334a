import type { LostHost, PoolIncident, StartedVm, TakeOver } from "../../record/pool-incident.ts";

/** What a VM that is down waits for. */
export type Wait = "silence" | "proof" | "master" | "declaration" | "turn" | "start" | "down";

/** A part of the time in which a VM was down, in wall milliseconds. */
export interface WaitSpan {
  readonly wait: Wait;
  readonly fromMs: number;
  readonly toMs: number;
}

/** In words, and how they are painted. */
export const WAITS: Readonly<Record<Wait, { readonly text: string; readonly colour: string }>> = {
  silence: { text: "its host to count as failed", colour: "#8a8f98" },
  proof: { text: "the proof that its host is off", colour: "#c0392b" },
  master: { text: "a new master", colour: "#8e44ad" },
  declaration: { text: "XAPI to know that its host is dead", colour: "#d68910" },
  turn: { text: "its turn, or room on a host", colour: "#2e6da4" },
  start: { text: "its start to end", colour: "#3c8d5a" },
  down: { text: "something that these records do not show", colour: "#555b63" },
};

/** What a VM waited for, from the silence of its host until it ran; each part ends where the next begins. */
export function waitsOf(vm: StartedVm, { hosts, takeOvers, to }: PoolIncident): readonly WaitSpan[] {
  const lost = hosts.find(({ name }) => name === vm.from);
  // One that came later kept nobody waiting: one host may die after the other.
  const master = takeOvers.find(
    ({ doneAt }) => doneAt !== null && Date.parse(doneAt) <= Date.parse(vm.askedAt),
  );
  const ends = endsOf(vm, lost, master);
  const begin = lost?.suspectAt ?? lost?.failedAt ?? vm.askedAt;
  const spans: WaitSpan[] = [];
  let fromMs = Date.parse(begin);
  for (const [wait, at] of ends) {
    const toMs = at === null ? Number.NaN : Date.parse(at);
    if (!(toMs > fromMs)) continue;
    spans.push({ wait, fromMs, toMs });
    fromMs = toMs;
  }
  const endMs = Date.parse(to);
  if (vm.startedAt === null && endMs > fromMs) spans.push({ wait: "down", fromMs, toMs: endMs });
  return spans;
}

/** How long a VM was down, as far as these records show; its host may have died some seconds before it was noticed. */
export function downMs(vm: StartedVm, incident: PoolIncident): number {
  const spans = waitsOf(vm, incident);
  return (spans.at(-1)?.toMs ?? 0) - (spans[0]?.fromMs ?? 0);
}

/** The VM that was down longest; null: none was. */
export function longestDown(incident: PoolIncident): StartedVm | null {
  const [longest = null] = [...incident.vms].sort((a, b) => downMs(b, incident) - downMs(a, incident));
  return longest !== null && downMs(longest, incident) > 0 ? longest : null;
}

/** `12 s`, `0.4 s`: what is short is told more exactly, so that parts add up to the whole. */
export function secondsText(ms: number): string {
  return `${ms < 9_950 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
}

/** The parts in words, one after the other. */
export function waitsText(vm: StartedVm, incident: PoolIncident): string {
  const parts = waitsOf(vm, incident).map(
    ({ wait, fromMs, toMs }) => `${secondsText(toMs - fromMs)} for ${WAITS[wait].text}`,
  );
  return parts.join(", ");
}

function endsOf(
  vm: StartedVm,
  lost: LostHost | undefined,
  master: TakeOver | undefined,
): readonly (readonly [Wait, string | null])[] {
  const own = [
    ["turn", vm.askedAt],
    ["start", vm.startedAt],
  ] as const;
  if (lost === undefined) return own;
  return [
    ["silence", lost.failedAt],
    ["proof", lost.offAt],
    ["master", master?.doneAt ?? null],
    ["declaration", lost.declaredAt],
    ...own,
  ];
}
