import { writeFileSync } from "node:fs";
import { FramePacker, renderFileHead } from "../../../src/adapters/record/frames.ts";
import { createRecordFiles } from "../../../src/adapters/record/record-reader.ts";
import { replayRecord } from "../../../src/cli/replay-record.ts";
import { renderReplay, renderReplayHead, renderUnread } from "../../../src/cli/screens/replay.ts";
import { parseEvents } from "../../../src/record/event-shapes.ts";
import { incidentsOf } from "../../../src/record/incidents.ts";
import { toldFailover } from "../../unit/record/told-failover.ts";
import { mangleText } from "./mangle.ts";
import { claim, type Target } from "./target.ts";

/** So many rounds of a failover are a file. */
const ROUNDS = 6;

/** A record that somebody hands over: its rounds as texts, its bytes, and what another host says has happened. */
export async function recordTargets(at: (name: string) => string): Promise<readonly Target[]> {
  const told = (await toldFailover()).filter(({ head }) => head.eventful).slice(0, ROUNDS);
  const packer = new FramePacker(null);
  const frames: Buffer[] = [];
  for (const { head, text } of told) frames.push((await packer.pack(head, text)).frame);
  const head = { record: "ha-lizard", format: 1, version: "3.0.0", host: "h1" } as const;
  const file = Buffer.concat([renderFileHead(head), ...frames]);
  const events = JSON.stringify(told.flatMap((one) => one.head.events));
  const path = at("a.record");
  return [
    {
      name: "record: rounds",
      play(random) {
        const wrong = random.below(told.length);
        const texts = told.map((one, index) =>
          index === wrong ? { ...one, text: mangleText(random, one.text) } : one,
        );
        const replay = replayRecord(texts, random.chance(0.3) ? { XAPI_COUNT: 1 } : null);
        renderReplayHead("h1", "3.0.0", "3.0.0", replay);
        claim(!renderUnread(replay.unread).includes("\u001b"), "no control characters");
        renderReplay(replay);
      },
    },
    {
      name: "record: file",
      async play(random) {
        const bytes = Buffer.from(file);
        for (let count = random.below(8) + 1; count > 0; count -= 1)
          bytes[random.below(bytes.length)] = random.below(256);
        writeFileSync(
          path,
          bytes.subarray(0, random.chance(0.2) ? random.below(bytes.length) : bytes.length),
        );
        const opened = await createRecordFiles({ record: at("none") }).open(path);
        if (opened.ok) claim([...opened.texts].length <= ROUNDS + 1, "no more than was in it");
      },
    },
    {
      name: "record: events",
      play(random) {
        try {
          const said: unknown = JSON.parse(mangleText(random, events));
          incidentsOf(
            parseEvents(Array.isArray(said) ? said : [said]).map((one) => ({ ...one, seenBy: "h2" })),
          );
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      },
    },
  ];
}
