import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";

/** What a mail server in a test does; all of it is on the loopback. */
export interface SmtpBehaviour {
  /** Certificate and key; with them STARTTLS is offered, or TLS from the start (`implicitTls`). */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly implicitTls?: boolean;
  /** `user:password` that AUTH must bring. */
  readonly login?: string;
  readonly port?: number;
  /** Says nothing at all; refuses the recipients; ends every connection. */
  readonly trouble?: "silent" | "refuses" | "hangs up";
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly encrypted: boolean;
  readonly login: string;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Every command that came, in clear. */
  readonly commands: readonly string[];
  connections(): number;
  close(): Promise<void>;
}

interface Session {
  socket: Socket;
  encrypted: boolean;
  login: string;
  from: string;
  to: string[];
  data: string | null;
}

/** A mail server small enough to be read: one session per connection, answers in the order of the commands. */
export async function startSmtpServer(behaviour: SmtpBehaviour = {}): Promise<SmtpServer> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const accept = (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (behaviour.trouble === "silent") return;
    if (behaviour.trouble === "hangs up") {
      socket.destroy();
      return;
    }
    const encrypted = behaviour.implicitTls === true;
    const session: Session = { socket, encrypted, login: "", from: "", to: [], data: null };
    const receive = (line: string) => answer(session, line, behaviour, { mails, commands, listen });
    const listen = (from: Socket) => readLines(from, receive);
    listen(socket);
    socket.write("220 test ESMTP\r\n");
  };
  const server: Server =
    behaviour.implicitTls === true ? createTlsServer(behaviour.tls ?? {}, accept) : createServer(accept);
  await new Promise<void>((resolve) => server.listen(behaviour.port ?? 0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    mails,
    commands,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function readLines(socket: Socket, receive: (line: string) => void): void {
  let rest = "";
  socket.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) receive(line);
  });
}

interface Books {
  readonly mails: ReceivedMail[];
  readonly commands: string[];
  listen(socket: Socket): void;
}

function answer(session: Session, line: string, behaviour: SmtpBehaviour, books: Books): void {
  const say = (text: string) => session.socket.write(`${text}\r\n`);
  if (session.data !== null) {
    if (line !== ".") {
      session.data += `${line}\n`;
      return;
    }
    const { from, to, data, encrypted, login } = session;
    books.mails.push({ from, to: [...to], data, encrypted, login });
    session.data = null;
    say("250 taken");
    return;
  }
  books.commands.push(line);
  const [verb = "", argument = ""] = line.split(" ", 2);
  switch (verb.toUpperCase()) {
    case "EHLO": {
      const offers = ["test"];
      if (behaviour.tls !== undefined && !session.encrypted) offers.push("STARTTLS");
      if (behaviour.login !== undefined) offers.push("AUTH PLAIN");
      say(offers.map((offer, index) => `250${index === offers.length - 1 ? " " : "-"}${offer}`).join("\r\n"));
      return;
    }
    case "STARTTLS":
      say("220 go on");
      encrypt(session, behaviour, books);
      return;
    case "AUTH": {
      const [, user, password] = Buffer.from(line.split(" ")[2] ?? "", "base64")
        .toString()
        .split("\0");
      const login = `${user ?? ""}:${password ?? ""}`;
      if (argument === "PLAIN" && login === behaviour.login) session.login = login;
      say(session.login === "" ? "535 no" : "235 yes");
      return;
    }
    case "MAIL":
      session.from = line;
      say(behaviour.login !== undefined && session.login === "" ? "530 log in" : "250 ok");
      return;
    case "RCPT":
      session.to.push(line);
      say(behaviour.trouble === "refuses" ? "550 nobody here" : "250 ok");
      return;
    case "DATA":
      session.data = "";
      say("354 go on");
      return;
    case "QUIT":
      session.socket.end("221 bye\r\n");
      return;
    default:
      say("502 what?");
  }
}

function encrypt(session: Session, behaviour: SmtpBehaviour, books: Books): void {
  const plain = session.socket;
  plain.removeAllListeners("data");
  const secure = new TLSSocket(plain, { isServer: true, ...behaviour.tls });
  secure.on("error", () => plain.destroy());
  session.socket = secure;
  session.encrypted = true;
  books.listen(secure);
}
