import { createServer, type Socket } from "node:net";

/** What a mail server answers to a command, by its first word: a line, or what it does to the socket. */
export type Script = Readonly<Record<string, string | ((socket: Socket, command: string) => void)>>;

export interface ScriptedServer {
  readonly port: number;
  /** Every line that any client has sent. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

const POLITE: Script = {
  connected: "220 scripted",
  EHLO: "250-scripted\r\n250 8BITMIME",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  ".": "250 taken",
  QUIT: "221 bye",
};

/** A mail server of a few lines, for what no real one does; it has no TLS. */
export async function startScriptedSmtp(script: Script): Promise<ScriptedServer> {
  const answers: Script = { ...POLITE, ...script };
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const answer = (socket: Socket, word: string, command: string) => {
    const what = answers[word] ?? "502 what?";
    if (typeof what === "function") what(socket, command);
    else socket.write(`${what}\r\n`);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let inData = false;
    let rest = "";
    socket.on("data", (data) => {
      const lines = (rest + data.toString("latin1")).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        heard.push(line);
        if (inData && line !== ".") continue;
        const word = line.split(" ")[0]?.toUpperCase() ?? "";
        inData = word === "DATA";
        answer(socket, word, line);
      }
    });
    answer(socket, "connected", "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    heard,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
