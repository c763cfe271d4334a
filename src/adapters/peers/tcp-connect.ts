import { connect } from "node:net";
import type { TcpAnswer, TcpProbe } from "../../ports/tcp-probe.ts";

/** TCP connections that are closed as soon as they stand. */
export function createTcpProbe(): TcpProbe {
  return {
    connect({ host, port }, signal) {
      return new Promise<TcpAnswer>((resolve) => {
        const socket = connect({ host, port });
        const end = (answer: TcpAnswer) => {
          signal.removeEventListener("abort", late);
          socket.destroy();
          resolve(answer);
        };
        const late = () => end({ kind: "closed", why: "no answer in time" });
        socket.once("connect", () => end({ kind: "open" }));
        // Also errors after the end: nobody else would hear them.
        socket.on("error", (error) => end({ kind: "closed", why: wordsOf(error) }));
        signal.addEventListener("abort", late, { once: true });
        if (signal.aborted) late();
      });
    },
  };
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "there is no such name",
  EAI_AGAIN: "the name server does not answer",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  ETIMEDOUT: "no answer in time",
};

function wordsOf(error: NodeJS.ErrnoException): string {
  return WORDS[error.code ?? ""] ?? error.message;
}
