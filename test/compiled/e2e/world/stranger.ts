import { appendFileSync, readFileSync } from "node:fs";

/**
 * A machine that knows no secret, on the port of the heartbeats:
 *
 *   stranger.ts record <own address> <file>                  keeps what is sent to it, a line of base64 each
 *   stranger.ts forge <own address> <file> <address> ...     sends what somebody could make of that, until it is ended
 */

const PORT = 694;
const EVERY_MS = 50;

const [what, address = "", file = "", ...targets] = process.argv.slice(2);
const socket = await Bun.udpSocket({
  hostname: address,
  port: PORT,
  binaryType: "buffer",
  socket: {
    data: (_socket, bytes) => {
      if (what === "record") appendFileSync(file, `${bytes.toString("base64")}\n`);
    },
  },
});

/** As recorded; with a wrong tag; with a later uptime under the tag of the earlier; and nothing of the kind. */
function forgeries(recorded: Buffer): readonly Buffer[] {
  const [wrongTag, later] = [Buffer.from(recorded), Buffer.from(recorded)];
  wrongTag[wrongTag.length - 1] = (wrongTag.at(-1) ?? 0) ^ 1;
  later[UPTIME_BYTE] = (later[UPTIME_BYTE] ?? 0) + 1;
  return [recorded, wrongTag, later, Buffer.from(crypto.getRandomValues(new Uint8Array(recorded.length)))];
}

/** The fourth of the six bytes of the sender's uptime: a minute later. */
const UPTIME_BYTE = 71;

function forge(): void {
  const recorded = readFileSync(file, "utf8").trim().split("\n");
  let next = 0;
  setInterval(() => {
    // Always the newest ones too: they are what was fresh a moment ago.
    const picked = [recorded.at(-1), recorded[next++ % recorded.length]];
    for (const line of picked)
      for (const bytes of forgeries(Buffer.from(line ?? "", "base64")))
        for (const target of targets) socket.send(bytes, PORT, target);
  }, EVERY_MS);
}

if (what === "forge") forge();
