import type { RecordText } from "../../ports/record.ts";
import { DECIDING } from "../../record/core-settings.ts";
import type { PoolIncident } from "../../record/pool-incident.ts";
import { parseRecorded } from "../../record/recorded-text.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, UsageError } from "../cli-ports.ts";
import { findIncident, poolHistory } from "../pool-history.ts";
import { type Report, renderReport } from "../report/page.ts";
import { renderMissing } from "../screens/history.ts";
import { plainText } from "../screens/text.ts";
import { mayWrite, write } from "../written-file.ts";

export const reportAction = defineAction({
  name: "report",
  description:
    "Writes an incident of ha-cfg history as one page (HTML): report FILE for the newest, report INCIDENT FILE.",
  args: {
    incident: { type: "positional", required: true, description: "an incident of the list, or last" },
    file: {
      type: "positional",
      required: false,
      description: "the page; it has no scripts and loads nothing",
    },
    yes: { type: "boolean", description: "replaces a file that is there without asking" },
  },
  async run(args, ports) {
    const [typed, file] = args.file === undefined ? ["last", args.incident] : [args.incident, args.file];
    if (file.trim() === "" || file === "-")
      throw new UsageError("Cannot write a report: give the name of a file");
    const history = await poolHistory(ports);
    ports.stderr(renderMissing(history));
    const incident = findIncident(history, typed);
    if (incident === undefined)
      throw new UsageError(
        typed === "last"
          ? "Cannot write a report: nothing has happened in the last 30 days, by these records"
          : `Cannot write a report of ${plainText(typed)}: there is no such incident; see ha-cfg history`,
      );
    const target = { file, what: "a report", action: "report", yes: args.yes === true };
    if (!(await mayWrite(target, ports))) return EXIT.failed;
    const page = renderReport({
      ...{ incident, missing: history.missing, version: ports.version },
      ...(await recordOf(incident, ports)),
      madeAt: new Date(ports.clock.wallMs()).toISOString(),
    });
    if (!(await write(target, page, ports))) return EXIT.failed;
    ports.stdout(`${incident.headline}: written to ${plainText(file)}\n`);
    return EXIT.done;
  },
});

type Kept = Pick<Report, "settings" | "record">;

/** More files than these are not opened for a first round: an incident has seldom more than two. */
const MOST_FILES = 10;

/** This host's record of the incident, and the parameters of its first round from then on; the host may have begun to record after another one. */
async function recordOf({ from, to }: PoolIncident, { records }: CliPorts): Promise<Kept> {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const all = await records.list();
  const first = Math.max(
    0,
    all.findLastIndex(({ beganMs }) => beganMs <= fromMs),
  );
  const files = all.slice(first, first + MOST_FILES).filter(({ beganMs }) => beganMs <= toMs);
  for (const { path } of files) {
    const opened = await records.open(path);
    const settings = opened.ok ? settingsIn(opened.texts, fromMs) : null;
    if (settings !== null) return { settings, record: path };
  }
  return { settings: null, record: null };
}

/** The parameters of the first round from then on. */
function settingsIn(texts: Iterable<RecordText>, fromMs: number): Kept["settings"] {
  for (const one of texts) {
    if ("wrong" in one || Date.parse(one.head.at) < fromMs) continue;
    const parsed = parseRecorded(one.text);
    if (!parsed.ok || parsed.recorded.kind !== "round") continue;
    const settings: Readonly<Record<string, unknown>> = { ...parsed.recorded.settings };
    return new Map(DECIDING.map((name) => [name, String(settings[name])]));
  }
  return null;
}
