import { isOfNow } from "../../app/pass/read-hearing.ts";
import { rememberedMemory } from "../../app/pass/remembered.ts";
import { rebaseMemory } from "../../core/memory/rebase.ts";
import type { OpenScreen } from "../../ports/live-screen.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, UsageError } from "../cli-ports.ts";
import { paintFor } from "../screens/paint.ts";
import { renderWatch } from "../screens/watch.ts";
import { readLastPass } from "../sight/last-pass.ts";
import { lookAtPool } from "../sight/look.ts";
import type { Sight } from "../sight/sight.ts";
import { gatherStatus } from "../status/gather.ts";
import { watchView } from "../watch/watch-view.ts";

/** The files of this host are read so often, and XAPI so long after its last answer: a thousand VMs are 10 MB. */
const TICK_MS = 1_000;
const LOOK_AGAIN_MS = 5_000;
/** What XAPI does not say by then is shown from memory. */
const DATABASE_MS = 5_000;

export const watchAction = defineAction({
  name: "watch",
  description: "Shows hosts, VMs, votes and leases live, and what is waited for. q ends it.",
  args: {},
  async run(_args, ports) {
    if (!ports.liveScreen.isUsable)
      throw new UsageError("Cannot watch: this is no terminal to draw on; use ha-cfg status");
    const looks = createLooks(ports);
    const first = await looks.first();
    const screen = ports.liveScreen.open();
    if (screen === null) {
      ports.stderr("Cannot watch: the terminal would not let itself be drawn on; use ha-cfg status\n");
      return EXIT.failed;
    }
    try {
      return await watch(screen, first, looks, ports);
    } finally {
      screen.close();
    }
  },
});

interface Looked {
  readonly sight: Sight;
  readonly atMs: number;
}

/** Looks at the pool one after the other, beside what is drawn: a XAPI that hangs holds up no second. */
function createLooks(ports: CliPorts) {
  const look = async (): Promise<Looked> => {
    const sight = await lookAtPool(ports, DATABASE_MS);
    return { sight, atMs: ports.clock.uptimeMs() };
  };
  let last: Looked | null = null;
  let isUnderWay = false;
  return {
    async first(): Promise<Looked> {
      last = await look();
      return last;
    },
    /** The newest there is; begins another one when it is time. */
    newest(before: Looked): Looked {
      const newest = last ?? before;
      if (!isUnderWay && ports.clock.uptimeMs() - newest.atMs >= LOOK_AGAIN_MS) {
        isUnderWay = true;
        void look()
          .then((found) => {
            last = found;
          })
          // A look that fails is made again; how old the last one is can be seen.
          .catch(() => undefined)
          .finally(() => {
            isUnderWay = false;
          });
      }
      return newest;
    },
  };
}

/** Draws until somebody ends it; answers the exit code. */
async function watch(
  screen: OpenScreen,
  first: Looked,
  looks: ReturnType<typeof createLooks>,
  ports: CliPorts,
): Promise<number> {
  let looked = first;
  let page = 0;
  for (;;) {
    looked = looks.newest(looked);
    await draw(screen, looked, page, ports);
    const event = await screen.next(TICK_MS);
    if (event.kind === "signal") return SIGNALLED + event.number;
    if (event.kind !== "key") continue;
    if (event.key === "q" || event.key === "Q" || event.key === "end") return EXIT.done;
    if (event.key === "right" || event.key === "n") page = Math.min(page + 1, MOST_PAGES);
    if (event.key === "left" || event.key === "p") page = Math.max(0, page - 1);
  }
}

/** As a shell has it. */
const SIGNALLED = 128;
/** A pool has at most 64 hosts. */
const MOST_PAGES = 63;

async function draw(screen: OpenScreen, { sight, atMs }: Looked, page: number, ports: CliPorts) {
  const now = await withNewFiles(sight, ports);
  const report = await gatherStatus(now, ports);
  const nowMs = ports.clock.uptimeMs();
  const view = watchView({ sight: now, report, foresee: null, nowMs });
  const { columns, rows } = screen.size();
  screen.draw(
    renderWatch(report, view, {
      ...{ columns, rows, page, unicode: ports.screen.unicode, paint: paintFor(ports.colours) },
      clock: new Date(ports.clock.wallMs()).toISOString().slice(0, 19).replace("T", " ").concat(" UTC"),
      ageS: Math.max(0, Math.round((nowMs - atMs) / 1_000)),
    }),
  );
}

/** The sight with what monitor and iterations have written since. */
async function withNewFiles(sight: Sight, ports: CliPorts): Promise<Sight> {
  const [parsed, lastPass, published] = await Promise.all([
    rememberedMemory(ports.store),
    readLastPass(ports.store),
    ports.hearing.read(),
  ]);
  const { self } = sight;
  const isNow = published !== null && self !== null && isOfNow(published, self, ports.clock.uptimeMs());
  const bootId = self?.bootId ?? parsed?.bootId ?? "";
  return {
    ...sight,
    lastPass,
    hearing: isNow ? published : null,
    memory:
      parsed === null ? null : { memory: rebaseMemory(parsed, bootId), ofThisBoot: parsed.bootId === bootId },
  };
}
