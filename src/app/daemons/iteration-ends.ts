import type { Processes } from "../../ports/processes.ts";

/** The same processes, and whoever wants to know when an iteration has ended: what it has left is new then. */
export function withEnds(processes: Processes): {
  readonly processes: Processes;
  onEnd(handler: () => void): void;
} {
  let tell: () => void = () => undefined;
  return {
    processes: {
      startIteration(lost) {
        const child = processes.startIteration(lost);
        void child.ended.then(
          () => tell(),
          () => tell(),
        );
        return child;
      },
    },
    onEnd(handler) {
      tell = handler;
    },
  };
}
