import type { GroupNetwork } from "../../ports/group.ts";
import { type SimProcess, whenRunning } from "./process.ts";

/**
 * So many datagrams wait in the socket of a process that is stopped; what comes then is lost. A heartbeat takes about a kilobyte of
 * the 208 KB that a kernel gives a socket by default.
 */
const MOST_WAITING = 200;

/** A stop that is to begin in the midst of the next word of a process: it is composed, and not sent. */
export interface NextWord {
  /** Called instead of sending; whoever sets it stops the process with it. */
  onWord: (() => void) | null;
}

/** The socket of a process that may be stopped: what is sent to it meanwhile waits, as far as there is room. */
export function ownSocket(process: SimProcess, network: GroupNetwork, next: NextWord): GroupNetwork {
  let waiting = 0;
  const received = <T extends readonly unknown[]>(handler: (...args: T) => void) => {
    return (...args: T): void => {
      if (waiting >= MOST_WAITING) return;
      waiting += 1;
      whenRunning(process, () => {
        waiting -= 1;
        handler(...args);
      });
    };
  };
  return {
    ...network,
    onMessage: (handler) => network.onMessage(received(handler)),
    onRoll: (handler) => network.onRoll(received(handler)),
    onGreeting: (handler) => network.onGreeting(received(handler)),
    onQuestion: (handler) => network.onQuestion(received(handler)),
    send: (datagrams, isNews) => {
      const { onWord } = next;
      next.onWord = null;
      onWord?.();
      whenRunning(process, () => network.send(datagrams, isNews));
    },
    sendRolls: (rolls) => whenRunning(process, () => network.sendRolls(rolls)),
  };
}
