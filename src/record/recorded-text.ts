import { isMemory, type Memory, parseMemory } from "../core/memory/memory.ts";
import {
  type Check,
  type Fields,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
} from "../core/memory/shape.ts";
import type { Action, Outcome, Result } from "../core/model/action.ts";
import type { PoolView } from "../core/model/pool-view.ts";
import type { Reason } from "../core/model/reason.ts";
import { coreSettings, isCoreSettings } from "./core-settings.ts";
import { fingerprintMask, maskAction, maskMemory, maskView } from "./masked.ts";
import { isPlainView, type PlainView, plainView, viewOf } from "./plain-view.ts";
import type { Recorded, RecordedEnd, RecordedEnds, RecordedRound } from "./recorded.ts";

/** A round as JSON has it. */
interface PlainRound extends Omit<RecordedRound, "view"> {
  readonly view: PlainView;
}

/**
 * What was recorded as one line of JSON, without passwords.
 * @param before what the round had seen that has begun what has ended since; null: there was none in this pass
 */
export function renderRecorded(recorded: Recorded, before: PoolView | null): string {
  const ended = recorded.ended === null ? null : maskEnds(recorded.ended, before);
  if (recorded.kind === "end") return JSON.stringify({ ...recorded, ended } satisfies PlainEnd);
  const mask = fingerprintMask(recorded.view);
  const { memory, actions, reasons } = recorded.decided;
  const plain: PlainRound = {
    ...recorded,
    ended,
    view: plainView(maskView(recorded.view)),
    memory: maskMemory(recorded.memory, mask),
    settings: coreSettings(recorded.settings),
    decided: {
      memory: maskMemory(memory, mask),
      actions: actions.map((action) => maskAction(action, mask)),
      reasons,
    },
  };
  return JSON.stringify(plain);
}

interface PlainEnd extends Omit<RecordedEnd, "ended"> {
  readonly ended: RecordedEnds | null;
}

function maskEnds(ended: RecordedEnds, before: PoolView | null): RecordedEnds {
  const mask = fingerprintMask(before);
  return {
    ...ended,
    outcomes: ended.outcomes.map(({ action, result }) => ({ action: maskAction(action, mask), result })),
    before: maskMemory(ended.before, mask),
    after: maskMemory(ended.after, mask),
  };
}

/** Nothing that ends this program's decisions can come of an action of an unknown kind: it is learnt from by its kind. */
const isOfAKind = <T extends { readonly kind: string }>(value: unknown): value is T =>
  isText((Object(value) as { readonly kind?: unknown }).kind);

const isOutcome = objectOf<Outcome>({ action: isOfAKind<Action>, result: isOfAKind<Result> });

/** A memory of this version as it stands; one of an earlier version with what it did not know. */
const isSomeMemory: Check<Memory> = (value): value is Memory => parseMemory(value) !== null;
const complete = (memory: Memory): Memory => (isMemory(memory) ? memory : (parseMemory(memory) ?? memory));

const ENDS: Fields<RecordedEnds> = {
  nowMs: isNumber,
  outcomes: listOf(isOutcome),
  before: isSomeMemory,
  after: isSomeMemory,
  reasons: listOf(isOfAKind<Reason>),
};

/** What is wrong with a round is said by the name of the part: an earlier version may have had another one. */
const ROUND: Fields<PlainRound> = {
  kind: (value): value is "round" => value === "round",
  passMs: isNumber,
  round: isNumber,
  ended: nullOr(objectOf(ENDS)),
  view: isPlainView,
  memory: isSomeMemory,
  settings: isCoreSettings,
  areParametersKnown: isFlag,
  inFlight: listOf(isText),
  isDiskWritable: isFlag,
  decided: objectOf<RecordedRound["decided"]>({
    memory: isSomeMemory,
    actions: listOf(isOfAKind<Action>),
    reasons: listOf(isOfAKind<Reason>),
  }),
  begun: listOf(isText),
};

const END: Fields<RecordedEnd> = {
  kind: (value): value is "end" => value === "end",
  passMs: isNumber,
  round: isNumber,
  ended: objectOf(ENDS),
};

export type ParsedRecord =
  | { readonly ok: true; readonly recorded: Recorded }
  | { readonly ok: false; readonly why: string };

/** What a line of a record says, checked whole; `why` names the part that this version does not understand. */
export function parseRecorded(text: string): ParsedRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, why: "it is no JSON" };
  }
  const { kind } = Object(value) as { readonly kind?: unknown };
  if (kind === "end") {
    const wrong = wrongIn(value, END);
    if (wrong !== null) return { ok: false, why: wrong };
    const end = value as RecordedEnd;
    return { ok: true, recorded: { ...end, ended: completeEnds(end.ended) } };
  }
  const wrong = wrongIn(value, ROUND);
  if (wrong !== null) return { ok: false, why: wrong };
  const round = value as PlainRound;
  return {
    ok: true,
    recorded: {
      ...round,
      ended: round.ended === null ? null : completeEnds(round.ended),
      view: viewOf(round.view),
      memory: complete(round.memory),
      decided: { ...round.decided, memory: complete(round.decided.memory) },
    },
  };
}

const completeEnds = (ended: RecordedEnds): RecordedEnds => ({
  ...ended,
  before: complete(ended.before),
  after: complete(ended.after),
});

function wrongIn(value: unknown, fields: Readonly<Record<string, Check<unknown>>>): string | null {
  if (typeof value !== "object" || value === null) return "it is no object";
  const parts = value as Readonly<Record<string, unknown>>;
  const wrong = Object.entries(fields).find(([name, check]) => !check(parts[name]));
  return wrong === undefined ? null : `its part "${wrong[0]}" is not as this version has it`;
}
