import { createServer, type Server, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** What a mail server in a test does; all of it is on the loopback. */
export interface SmtpBehaviour {
  /** Certificate and key; with them STARTTLS is offered, or TLS from the start (`implicitTls`). */
  readonly tls?: { readonly cert: string; readonly key: string; readonly maxVersion?: "TLSv1" };
  readonly implicitTls?: boolean;
  /** `user:password` that AUTH must bring; over TLS only where there is TLS. */
  readonly login?: string;
  readonly port?: number;
  readonly trouble?: SmtpTrouble;
  /** By recipient: the code that it is refused with, at the first mail only or always. */
  readonly refuses?: Readonly<Record<string, { readonly code: number; readonly once?: true }>>;
}

/**
 * Says nothing at all; ends every connection; refuses the recipients for good; is too busy for the first mail; takes a
 * mail and never says so.
 */
export type SmtpTrouble = "silent" | "hangs up" | "refuses" | "busy once" | "hangs at the end";

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly encrypted: boolean;
  readonly login: string;
}

export interface TestMailServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Every attempt to log in, `user:password`, and whether it came over TLS. */
  readonly logins: readonly { readonly login: string; readonly encrypted: boolean }[];
  connections(): number;
  close(): Promise<void>;
}

/** A real mail server, the npm package `smtp-server`, on a port of its own. */
export async function startSmtpServer(behaviour: SmtpBehaviour = {}): Promise<TestMailServer> {
  if (behaviour.trouble === "silent" || behaviour.trouble === "hangs up")
    return startMuteServer(behaviour.trouble);
  const mails: ReceivedMail[] = [];
  const logins: { login: string; encrypted: boolean }[] = [];
  let connections = 0;
  const server = new SMTPServer({
    ...optionsOf(behaviour),
    onConnect(_session, done) {
      connections++;
      done();
    },
    onAuth({ username = "", password = "" }, { secure }, done) {
      const login = `${username}:${password}`;
      logins.push({ login, encrypted: secure });
      if (login === behaviour.login) done(null, { user: login });
      else done(new Error("Invalid username or password"));
    },
    onRcptTo({ address }, _session, done) {
      const refused = behaviour.refuses?.[address];
      if (behaviour.trouble === "refuses") done(refusal(550, "nobody here"));
      else if (refused !== undefined && (refused.once !== true || connections === 1))
        done(refusal(refused.code, `no ${address}`));
      else done(null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (behaviour.trouble === "busy once" && connections === 1)
          return done(refusal(451, "come back later"));
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          data: Buffer.concat(chunks).toString("utf8").replaceAll("\r\n", "\n"),
          encrypted: session.secure,
          login: typeof session.user === "string" ? session.user : "",
        });
        if (behaviour.trouble !== "hangs at the end") done();
      });
    },
  });
  // Clients that hang up, or come without TLS where it is wanted, are part of the tests.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(behaviour.port ?? 0, "127.0.0.1", () => resolve()));
  return {
    port: portOf(server.server as unknown as Server),
    mails,
    logins,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function optionsOf({ tls, implicitTls, login }: SmtpBehaviour): SMTPServerOptions {
  const disabled = [...(tls === undefined ? ["STARTTLS"] : []), ...(login === undefined ? ["AUTH"] : [])];
  return {
    secure: implicitTls === true,
    disabledCommands: disabled,
    disableReverseLookup: true,
    authOptional: login === undefined,
    allowInsecureAuth: tls === undefined,
    closeTimeout: 100,
    ...tls,
  };
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function startMuteServer(trouble: "silent" | "hangs up"): Promise<TestMailServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (trouble === "hangs up") socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server),
    mails: [],
    logins: [],
    connections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
