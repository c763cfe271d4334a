import { findParameter, rowOf } from "../../config/params.ts";
import { unknownParameter } from "../../config/resolve.ts";
import { showName } from "../../core/model/plain-text.ts";
import type { CoreSettings } from "../../core/model/settings.ts";
import { DECIDING } from "../../record/core-settings.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { type Replay, replayRecord } from "../replay-record.ts";
import { renderReplay, renderReplayHead, renderUnread, renderWhatIf } from "../screens/replay.ts";
import { plainText, renderColumns } from "../screens/text.ts";

export const replayAction = defineAction({
  name: "replay",
  description:
    "Runs a record of iterations through this program once more: does it decide the same? Without a file: the records of this host.",
  args: {
    file: { type: "positional", required: false, description: "a record, of this host or of another one" },
    with: {
      type: "string",
      description:
        "tries parameters on what happened, NAME=VALUE with , between, and shows what would be decided otherwise",
    },
    json: { type: "boolean", description: "for programs" },
  },
  async run(args, ports) {
    const change = args.with === undefined ? null : parseChange(args.with);
    if (args.file === undefined) return list(ports, args.json === true);
    const opened = await ports.records.open(args.file);
    if (!opened.ok) {
      ports.stderr(`Cannot replay ${plainText(args.file)}: ${opened.why}.\n`);
      return EXIT.usage;
    }
    const replay = replayRecord(opened.texts, change);
    if (replay.rounds === 0 && replay.unread.length > 0) {
      ports.stderr(renderUnread(replay.unread));
      ports.stderr(
        `Cannot replay ${plainText(args.file)}: this version understands nothing of it (recorded by ${plainText(opened.version)}, this is ${ports.version}).\n`,
      );
      return EXIT.usage;
    }
    if (args.json === true) ports.stdout(renderJson(opened, replay, ports.version));
    else {
      ports.stdout(renderReplayHead(opened.host, opened.version, ports.version, replay));
      ports.stderr(renderUnread(replay.unread));
      ports.stdout(change === null ? renderReplay(replay) : renderWhatIf(replay, args.with ?? ""));
    }
    return replay.difference === null && (replay.whatIf ?? []).length === 0 ? EXIT.done : EXIT.failed;
  },
});

async function list(ports: CliPorts, json: boolean): Promise<ExitCode> {
  const files = await ports.records.list();
  if (json) {
    const plain = files.map(({ path, beganMs, incident }) => ({
      path,
      began: new Date(beganMs).toISOString(),
      incident,
    }));
    ports.stdout(`${JSON.stringify(plain, null, 2)}\n`);
    return EXIT.done;
  }
  if (files.length === 0) {
    ports.stdout("This host has no record yet: it is written while HA runs.\n");
    return EXIT.done;
  }
  const rows = files.map(({ path, incident }) => (incident ? [path, "something happened in it"] : [path]));
  ports.stdout(renderColumns(rows));
  return EXIT.done;
}

/** A comma, or space, before the next NAME=; values may have commas of their own. */
const BETWEEN = /[\s,]+(?=[A-Za-z_]+=)/;

function parseChange(typed: string): Partial<CoreSettings> {
  const pairs = typed.split(BETWEEN).map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`Cannot try ${showName(pair)}: write NAME=VALUE`);
    const known = findParameter(pair.slice(0, at));
    if (known === undefined)
      throw new UsageError(`Cannot try ${showName(pair)}: ${unknownParameter(pair.slice(0, at))}`);
    if (!DECIDING.includes(known)) throw new UsageError(`Cannot try ${known}: no decision is made by it`);
    const parsed = rowOf(known).kind.parse(pair.slice(at + 1));
    if (!parsed.ok) throw new UsageError(`Cannot try ${known}: ${parsed.why}`);
    return [known, parsed.value] as const;
  });
  return Object.fromEntries(pairs) as Partial<CoreSettings>;
}

function renderJson(
  opened: { readonly version: string; readonly host: string },
  replay: Replay,
  own: string,
): string {
  const { names: _, whatIf, ...rest } = replay;
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const others =
    whatIf?.map(({ action, recordedAtMs, nowAtMs }) => ({
      action,
      recordedAt: iso(recordedAtMs),
      nowAt: iso(nowAtMs),
    })) ?? null;
  const { version: recordedBy, host } = opened;
  return `${JSON.stringify({ schema: 1, host, recordedBy, version: own, ...rest, whatIf: others }, null, 2)}\n`;
}
