import type { CliPorts } from "../cli-ports.ts";

/** One line on a terminal that is written over, and gone before the findings; nothing elsewhere. */
export function showProgress(ports: CliPorts, json: boolean): (ended: number, all: number) => void {
  if (json || !ports.isTerminal) return () => undefined;
  return (ended, all) => {
    const text = `Checking: ${ended} of ${all} done`;
    ports.stderr(ended < all ? `\r${text}` : `\r${" ".repeat(text.length)}\r`);
  };
}
