import { afterAll, expect, test } from "bun:test";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { createKeyboard } from "../../../../src/adapters/processes/keyboard.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder();
const opened: number[] = [];
afterAll(() => {
  for (const fd of opened) closeSync(fd);
});

function keyboard(text: string | Buffer, options: { terminal?: boolean; echoWorks?: boolean } = {}) {
  const path = folder.write(crypto.randomUUID(), "");
  writeFileSync(path, text);
  const fd = openSync(path, "r");
  opened.push(fd);
  const said: string[] = [];
  const made = createKeyboard({
    fd,
    isTerminal: options.terminal ?? false,
    show: (shown) => void said.push(shown),
    setEcho: (on) => {
      said.push(`echo ${on}`);
      return options.echoWorks ?? true;
    },
  });
  return { keyboard: made, said };
}

test("createKeyboard: a pipe is read line by line, without a prompt; the last line needs no end", async () => {
  const { keyboard: pipe, said } = keyboard("first 🦎\r\n\n last");
  expect(pipe.isTerminal).toBe(false);
  expect(await pipe.readLine("? ", false)).toBe("first 🦎");
  expect(await pipe.readLine("? ", true)).toBe("");
  expect(await pipe.readLine("? ", true)).toBe(" last");
  expect(await pipe.readLine("? ", true)).toBeNull();
  expect(said).toEqual([]);
});

test("createKeyboard: what is no text, or longer than a line, is none", async () => {
  expect(await keyboard(Buffer.from([0xff, 0xfe, 0x0a])).keyboard.readLine("", true)).toBeNull();
  expect(await keyboard("x".repeat(5_000)).keyboard.readLine("", true)).toBeNull();
});

test("createKeyboard: on a terminal a secret is read with the echo off, and the echo comes back", async () => {
  const { keyboard: terminal, said } = keyboard("hunter2\nyes\n", { terminal: true });
  expect(await terminal.readLine("Password: ", false)).toBe("hunter2");
  expect(await terminal.readLine("Sure? ", true)).toBe("yes");
  expect(said).toEqual(["echo false", "Password: ", "echo true", "\n", "Sure? "]);
});

test("createKeyboard: where the echo cannot be switched off, no secret is read", async () => {
  const { keyboard: terminal } = keyboard("hunter2\n", { terminal: true, echoWorks: false });
  expect(await terminal.readLine("Password: ", false)).toBeNull();
});
