import { neverAborts } from "../../ports/deadline.ts";
import type { LogLine } from "../../ports/log-reader.ts";
import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { parseCount, parseSince } from "../log-arguments.ts";
import { type Paint, paintFor, type Tone } from "../screens/paint.ts";
import { plainText } from "../screens/text.ts";

const LINES = "20";

export const logAction = defineAction({
  name: "log",
  description: "Shows this program's lines in the log of this host, and follows new ones.",
  args: {
    lines: { type: "string", alias: "n", description: `how many lines first (${LINES}; with --since all)` },
    since: { type: "string", description: 'lines since then: 10m, 2h, 3d, 2026-11-23, "2026-11-23 09:41"' },
    follow: { type: "boolean", default: true, negativeDescription: "ends with what is there now" },
  },
  async run(args, ports) {
    const sinceMs = args.since === undefined ? null : parseSince(args.since, ports.clock.wallMs());
    const count = parseCount(args.lines ?? (sinceMs === null ? LINES : "100000"));
    const read = await ports.log.recent();
    if (!read.ok) {
      ports.stderr(`Cannot read the log: ${read.why}.\n`);
      return EXIT.failed;
    }
    const paint = paintFor(ports.colours);
    const young = read.lines.filter(({ atMs }) => sinceMs === null || (atMs !== null && atMs >= sinceMs));
    for (const line of count === 0 ? [] : young.slice(-count)) ports.stdout(renderLine(line, paint));
    if (args.follow !== false)
      await ports.log.follow((line) => ports.stdout(renderLine(line, paint)), neverAborts());
    return EXIT.done;
  },
});

function renderLine({ text }: LogLine, paint: Paint): string {
  const line = plainText(text);
  return `${paint(toneOf(line), line)}\n`;
}

/** The severity is not in the file that syslog writes: the words have to tell it. */
function toneOf(line: string): Tone {
  const said = line.replace(/^.*? ha-lizard[^:]*: /, "");
  if (/\b(cannot|failed|fails|dangerous|has lost|not fenced|damaged)\b/i.test(said)) return "bad";
  return /\b(warning|suspect|silent|no answer|again later|not used|stays)\b/i.test(said)
    ? "warning"
    : "plain";
}
