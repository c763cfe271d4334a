import { describe, expect, test } from "bun:test";
import {
  type Answer,
  createTieBreaker,
  isFileName,
  type Place,
  type Question,
} from "../../../../src/adapters/ties/place.ts";
import { never } from "../scratch.ts";

const A = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const B = "9a1d2b3c-0000-4c56-9a57-0d5f5c8f4a12";
const FAILED: Answer = { kind: "failed", why: "it is off" };

/** A place in memory; `answer` may say something else, or nothing. */
function place(
  answer: (question: Question, asked: number) => Answer | null = () => null,
  check: string | null = null,
) {
  const held = new Map<string, string>();
  const asked: Question[] = [];
  const truth = (question: Question): Answer => {
    const { name } = question;
    if (question.verb === "remove") held.delete(name);
    if (question.verb === "claim" && !held.has(name)) held.set(name, question.host);
    const holder = held.get(name);
    return holder === undefined ? { kind: "free" } : { kind: "held", holder };
  };
  const fake: Place = {
    async ask(question) {
      asked.push(question);
      return answer(question, asked.length) ?? truth(question);
    },
    check: async () => check,
  };
  return { ties: createTieBreaker(fake), asked, held };
}

describe("claim", () => {
  test("own, and own again; another host's is named", async () => {
    const { ties } = place();
    expect(await ties.claim("t", A, never())).toEqual({ kind: "own" });
    expect(await ties.claim("t", A, never())).toEqual({ kind: "own" });
    expect(await ties.claim("t", B, never())).toEqual({ kind: "other", holder: A });
  });

  test("a place that fails, and a claim that does not stay, are unknown", async () => {
    expect(await place(() => FAILED).ties.claim("t", A, never())).toEqual({
      kind: "unknown",
      why: "it is off",
    });
    const { ties } = place(() => ({ kind: "free" }));
    expect(await ties.claim("t", A, never())).toEqual({
      kind: "unknown",
      why: "t was removed while it was claimed",
    });
  });
});

describe("holder and remove", () => {
  test("say what is there", async () => {
    const { ties } = place();
    expect(await ties.holder("t", never())).toEqual({ kind: "free" });
    await ties.claim("t", A, never());
    expect(await ties.holder("t", never())).toEqual({ kind: "held", holder: A });
    expect(await ties.remove("t", never())).toBeNull();
    expect(await ties.holder("t", never())).toEqual({ kind: "free" });
  });

  test("a place that fails", async () => {
    const { ties } = place(() => FAILED);
    expect(await ties.holder("t", never())).toEqual({ kind: "unknown", why: "it is off" });
    expect(await ties.remove("t", never())).toBe("it is off");
  });

  test("what is there again after its removal is not gone", async () => {
    const { ties } = place(() => ({ kind: "held", holder: B }));
    expect(await ties.remove("t", never())).toBe("t was removed and is there again");
  });
});

const ODD = ["", ".", "..", "-t", ".t", "a/b", "a b", "a\n", "$(id)", "a'b", "ü", "a_b", "x".repeat(101)];

test.each(ODD)("a name of another form, %p, reaches no place", async (name) => {
  const { ties, asked } = place();
  const why = expect.stringContaining("is neither a name of a tie nor a uuid");
  expect(await ties.claim(name, A, never())).toEqual({ kind: "unknown", why });
  expect(await ties.holder(name, never())).toEqual({ kind: "unknown", why });
  expect(await ties.remove(name, never())).toEqual(why);
  expect(asked).toEqual([]);
  expect(isFileName(name)).toBe(false);
});

test.each(["", "me", A.toUpperCase(), `${A}\n`, `${A} `])(
  "a host of another form, %p, reaches no place",
  async (host) => {
    const { ties, asked } = place();
    expect((await ties.claim("t", host, never())).kind).toBe("unknown");
    expect(asked).toEqual([]);
  },
);

test("isFileName: the longest, and those of tests", () => {
  for (const name of ["t", "0", "tie-1.2", "x".repeat(100), ".test-00ff"])
    expect([name, isFileName(name)]).toEqual([name, true]);
});

describe("test", () => {
  const test2 = (answer: Parameters<typeof place>[0]) => place(answer).ties.test(never());

  test("a good place: two claims at once, and nothing is left", async () => {
    const { ties, asked, held } = place();
    expect(await ties.test(never())).toBeNull();
    expect(asked.map(({ verb }) => verb)).toEqual(["claim", "claim", "holder", "remove"]);
    expect(new Set(asked.map(({ name }) => name)).size).toBe(1);
    expect(asked.every(({ name }) => isFileName(name))).toBe(true);
    expect(held.size).toBe(0);
  });

  test("a place that is wrong whatever it answers is not asked", async () => {
    const { ties, asked } = place(() => null, "a local disk");
    expect(await ties.test(never())).toBe("a local disk");
    expect(asked).toEqual([]);
  });

  const won = (question: Question): Answer | null =>
    question.verb === "claim" ? { kind: "held", holder: question.host } : null;
  const BAD: readonly (readonly [string, Parameters<typeof place>[0], string])[] = [
    [
      "both win",
      won,
      "of two claims at the same time 2 have won: this place is not exclusive; choose another one",
    ],
    ["nobody wins", () => ({ kind: "held", holder: A }), "of two claims at the same time 0 have won"],
    [
      "who loses hears of a third one",
      (_, asked) => (asked === 2 ? { kind: "held", holder: A } : null),
      "who lost a claim was not told who has won it",
    ],
    ["one claim fails", (_, asked) => (asked === 2 ? FAILED : null), "it is off"],
    [
      "it forgets",
      ({ verb }) => (verb === "holder" ? { kind: "free" } : null),
      "a claim was not there a moment later",
    ],
    [
      "it mistakes",
      ({ verb }) => (verb === "holder" ? { kind: "held", holder: A } : null),
      "a claim was not there",
    ],
    ["it cannot be read", ({ verb }) => (verb === "holder" ? FAILED : null), "it is off"],
    ["it removes nothing", ({ verb }) => (verb === "remove" ? FAILED : null), "it is off"],
  ];
  test.each(BAD)("%s", async (_, answer, why) => expect(await test2(answer)).toStartWith(why));
});
