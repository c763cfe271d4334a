import {
  DISARM_KEY,
  type DisarmWord,
  nextWordId,
  readDisarmWords,
  writeDisarmWords,
} from "../../core/model/disarm-words.ts";
import { haFlagOf } from "../../core/model/ha-flag.ts";
import type { Hearing } from "../../core/model/hearing.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { HostView } from "../../core/model/pool-view.ts";
import { defineAction } from "../action.ts";
import { armHere } from "../arm-here.ts";
import { awaitDisarm } from "../await-switch.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { hearingNow } from "../hearing-now.ts";
import { findHost, nameIn } from "../host-argument.ts";
import { changePool, type PoolAccess, poolKeyChange, withPool } from "../pool-access.ts";
import { poolText } from "../screens/text.ts";
import { readSpan, spanWords } from "../span.ts";

const USUAL = "2h";

export const disarmAction = defineAction({
  name: "disarm",
  description:
    "Pauses HA for the pool, or for one host, for example during an update: no host is fenced, no master is replaced, no VM is started. It ends by itself. Waits until the hosts have it, and names those that have not.",
  args: {
    for: { type: "string", description: `for how long, from 1min to 24h (${USUAL} if it is not given)` },
    host: {
      type: "string",
      description:
        "only this host (its name or uuid): it is neither fenced nor replaced, no VM is started there, and what ran there is not started elsewhere",
    },
  },
  run: (args, ports) => {
    const forS = readSpan(args.for ?? USUAL);
    return withPool(ports, (pool) => give(pool, ports, { forS, typed: args.host }));
  },
});

export const armAction = defineAction({
  name: "arm",
  description:
    "Ends ha-cfg disarm now: for the pool and for all hosts, or for one host. What failed meanwhile is then recovered. When the master has died: on the host that leads.",
  args: { host: { type: "string", description: "only for this host (its name or uuid)" } },
  run: (args, ports) => withPool(ports, (pool) => give(pool, ports, { forS: 0, typed: args.host })),
});

interface Wish {
  readonly forS: number;
  readonly typed: string | undefined;
}

async function give(pool: PoolAccess, ports: CliPorts, { forS, typed }: Wish): Promise<ExitCode> {
  const { database, resolved } = pool;
  if (database === null) return forS === 0 ? armHere(ports, resolved.settings, typed) : pool.exitWithout;
  const verb = forS === 0 ? "arm" : "disarm";
  const { name, otherConfig } = database.pool;
  if (haFlagOf(otherConfig, resolved.settings.XC_FIELD_NAME) !== "on") {
    ports.stderr(`Cannot ${verb} HA: it is not on for ${poolText(name)}, so nothing is done in any case.\n`);
    return EXIT.failed;
  }
  const host = typed === undefined ? null : findHost(verb, typed, database.hosts);
  const what = host === null ? poolText(name) : host.name;
  const hearing = await hearingNow(ports);
  if (forS === 0 && hearing !== null && isArmed(hearing, host)) {
    ports.stdout(`HA is already armed for ${what}.\n`);
    return EXIT.done;
  }
  const before = [...readDisarmWords(otherConfig).map(({ id }) => id), hearing?.group.roll?.disarmWord ?? 0];
  const word = { id: nextWordId(before, ports.clock.wallMs()), host: host?.uuid ?? null, forS };
  const span = spanWords(forS);
  const change = poolKeyChange(pool, DISARM_KEY, writeDisarmWords(wordsWith(word, otherConfig, hearing)), {
    audit: forS === 0 ? `HA armed for ${what}` : `HA disarmed for ${what}, for ${span}`,
    done: () => undefined,
  });
  const code = await changePool(ports, pool, [change]);
  if (code !== EXIT.done) return code;
  const nameOf = (uuid: HostUuid) => nameIn(database.hosts, uuid);
  const isTaken = await awaitDisarm({ ports, settings: resolved.settings, nameOf, say: ports.stdout }, word);
  if (!isTaken) return EXIT.failed;
  ports.stdout(forS === 0 ? `HA is armed for ${what}.\n` : disarmedText(what, forS, host, ports));
  if (forS > 0 && host !== null && host.uuid === database.pool.master)
    ports.stdout(
      `${host.name} is the pool master: while it is down, HA does nothing for the other hosts either. Better move that role first: xe pool-designate-new-master.\n`,
    );
  return EXIT.done;
}

function disarmedText(what: string, forS: number, host: HostView | null, ports: CliPorts): string {
  const until = new Date(ports.clock.wallMs() + forS * 1_000).toISOString().slice(0, 16).replace("T", " ");
  const sooner = host === null ? "ha-cfg arm" : `ha-cfg arm --host ${host.name}`;
  return `HA is disarmed for ${what} for ${spanWords(forS)}, until about ${until} UTC. It ends by itself; sooner: ${sooner}.\n`;
}

function isArmed({ group }: Hearing, host: HostView | null): boolean {
  const disarms = group.roll?.disarms ?? [];
  return host === null ? disarms.length === 0 : disarms.every((one) => one.host !== host.uuid);
}

type Texts = Readonly<Record<string, string>>;

/** With the words for others that were not taken yet. */
function wordsWith(word: DisarmWord, otherConfig: Texts, hearing: Hearing | null): readonly DisarmWord[] {
  const taken = hearing?.group.roll?.disarmWord ?? 0;
  const isOpen = ({ id, host }: DisarmWord) => id > taken && host !== word.host;
  return [...readDisarmWords(otherConfig).filter(isOpen), word];
}
