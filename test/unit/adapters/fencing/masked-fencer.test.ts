import { expect, test } from "bun:test";
import { maskFencer } from "../../../../src/adapters/fencing/masked-fencer.ts";
import { createSecrets } from "../../../../src/config/secrets.ts";
import type { DeviceState, FenceOutcome } from "../../../../src/ports/fencer.ts";

const never = new AbortController().signal;

async function play(password: string, outcome: FenceOutcome, state: DeviceState) {
  const secrets = createSecrets();
  secrets.learn({ FENCE_PASSWD: password });
  const fencer = maskFencer({ fence: async () => outcome, status: async () => state }, secrets.mask);
  return [await fencer.fence({} as never, never), await fencer.status({} as never, never)];
}

test("maskFencer: what an agent says has no password in it, in no form", async () => {
  const base64 = Buffer.from("root:topsecret").toString("base64");
  const detail = `exit status 1: 401 for Basic ${base64}, topsecret`;
  expect(
    await play(
      "topsecret",
      { kind: "not-fenced", fault: "agent-failed", detail },
      { kind: "unknown", why: detail },
    ),
  ).toEqual([
    { kind: "not-fenced", fault: "agent-failed", detail: "exit status 1: 401 for Basic ********, ********" },
    { kind: "unknown", why: "exit status 1: 401 for Basic ********, ********" },
  ]);
});

test("maskFencer: a password that is a word of ours changes no decision", async () => {
  for (const password of ["fenced", "off", "unknown", "not-fenced", "agent-failed"]) {
    const outcome = { kind: "not-fenced", fault: "agent-failed", detail: "x" } as const;
    expect(await play(password, { kind: "fenced" }, { kind: "off" })).toEqual([
      { kind: "fenced" },
      { kind: "off" },
    ]);
    expect(await play(password, outcome, { kind: "unknown", why: "x" })).toEqual([
      outcome,
      { kind: "unknown", why: "x" },
    ]);
  }
});
