import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { ensureLoginKey, whyUnusable } from "../../../../src/adapters/ties/login-key.ts";
import { never, PATH, useScratch } from "../scratch.ts";

const scratch = useScratch("tie-key");
const context = { clock: createSystemClock(), environment: { PATH } };
const at = (name: string) => {
  mkdirSync(scratch.path(name));
  return scratch.path(`${name}/tie-breaker-key`);
};

test("ensureLoginKey: makes a key that only its owner reads, once", async () => {
  const path = at("fresh");
  expect(whyUnusable(path)).toContain("set the tie-breaker on this host");
  const made = await ensureLoginKey(path, context, never());
  expect(made).toEqual({ key: expect.stringMatching(/^ssh-ed25519 [A-Za-z0-9+/=]+ ha-lizard-tie-breaker$/) });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${path}.pub`, "utf8").trim()).toBe("key" in made ? made.key : "");
  expect(await ensureLoginKey(path, context, never())).toEqual(made);
  expect(whyUnusable(path)).toBeNull();
});

test("ensureLoginKey: what a kill has left half done is in nobody's way", async () => {
  const path = at("killed");
  writeFileSync(`${path}.new`, "half a key");
  writeFileSync(`${path}.new.pub`, "");
  expect(await ensureLoginKey(path, context, never())).toHaveProperty("key");
  expect(existsSync(`${path}.new`)).toBe(false);
});

test("ensureLoginKey: a key that is damaged, or that others may read, stays and is named", async () => {
  const path = at("damaged");
  writeFileSync(path, "nothing", { mode: 0o600 });
  expect(await ensureLoginKey(path, context, never())).toEqual({
    why: `Cannot use the key ${path}: it is damaged; remove it, and set the tie-breaker again`,
  });
  chmodSync(path, 0o640);
  expect(await ensureLoginKey(path, context, never())).toEqual({
    why: `Cannot use the key ${path}: others may read it; run: chmod 600 ${path}`,
  });
  expect(readFileSync(path, "utf8")).toBe("nothing");
});

test("ensureLoginKey: no ssh-keygen, no folder, no time", async () => {
  const path = at("none");
  const bare = { ...context, environment: { PATH: scratch.path("nothing") } };
  expect(await ensureLoginKey(path, bare, never())).toEqual({
    why: expect.stringContaining("install openssh"),
  });
  const nowhere = scratch.path("no/where/key");
  expect(await ensureLoginKey(nowhere, context, never())).toEqual({
    why: expect.stringContaining(`Cannot make the key ${nowhere}: ssh-keygen: `),
  });
  expect(await ensureLoginKey(path, context, AbortSignal.abort())).toEqual({
    why: expect.stringContaining("no answer in time"),
  });
  expect(existsSync(path)).toBe(false);
});
