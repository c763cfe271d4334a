import { existsSync } from "node:fs";
import type { Role } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import type { GroupSelf } from "../../ports/group.ts";
import { ChangeWatch } from "../files/change-watch.ts";
import { nobodyListens, readBootId, readHeldSince } from "../files/held-xapi.ts";
import { knownVms } from "../files/known-vms.ts";
import { readInventory, readRole } from "../files/local-host-files.ts";
import type { Paths } from "../files/paths.ts";
import { askTwoPorts, type PostJson, REQUEST_ID, requestText } from "../peers/two-ports.ts";
import { isShuttingDown } from "../processes/shutting-down.ts";
import { parseAnswer, speaksInEmergency } from "../xapi/errors.ts";

export interface OwnHostOptions {
  readonly paths: Pick<
    Paths,
    | "poolConf"
    | "initComplete"
    | "bootId"
    | "inventory"
    | "listDomains"
    | "xenopsd"
    | "heldXapi"
    | "xapiSocket"
  >;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
  readonly postJson: PostJson;
}

/** Over the loopback address, because a slave's local socket passes the question on to its master. */
const LOOPBACK = "127.0.0.1";
/** Port 80 needs no TLS. */
const PLAIN_MS = 2_000;

/** What the monitor knows of its own host: three files, and an echo of its xapi. */
export function createOwnHost({ paths, clock, environment, postJson }: OwnHostOptions): GroupSelf {
  const vms = async (signal: AbortSignal) => {
    const inventory = await readInventory(paths.inventory);
    return knownVms({ paths, clock, environment }, inventory["CONTROL_DOMAIN_UUID"] ?? "", signal);
  };
  return {
    bootId: () => readBootId(paths.bootId),
    role: roleReader(paths.poolConf, clock),
    isStartComplete: () => existsSync(paths.initComplete),
    knownVms: vms,
    async isEmptied(signal) {
      if (!(await isShuttingDown(clock, environment, signal))) return false;
      const left = await vms(signal);
      return left !== "unknown" && left.length === 0;
    },
    async askXapi(signal) {
      const uuid = crypto.randomUUID();
      const body = requestText(`system.isAlive:${uuid}`, [uuid]);
      let said: "answers" | "lost" | null = null;
      const ask = async (url: string) => {
        const text = await postJson(url, body, signal).then(
          (answer) => (answer.status === 200 ? answer.text : null),
          () => null,
        );
        said ??= text === null ? null : readEcho(text);
        return said !== null;
      };
      await askTwoPorts({ clock, address: LOOPBACK, first: "http", patienceMs: PLAIN_MS }, ask, signal);
      return said ?? "silent";
    },
    async isXapiHeld() {
      // Nearly always there is none.
      if (!existsSync(paths.heldXapi)) return false;
      if ((await readHeldSince(paths.heldXapi, await readBootId(paths.bootId))) === null) return false;
      // The note comes before the end of xapi, and an administrator may have started it.
      return nobodyListens(clock, paths.xapiSocket);
    },
  };
}

/** Reads pool.conf when it may have changed: it is asked for every second, and its disk may hang. */
function roleReader(path: string, clock: Clock): () => Promise<Role> {
  const watch = new ChangeWatch(path);
  let known: Role = { kind: "unknown", why: "" };
  let readings = 0;
  return async () => {
    const mayBeAnother = watch.mayHaveChanged(clock.uptimeMs());
    // What could not be read is tried again, though its entry is the same.
    if (!mayBeAnother && known.kind !== "unknown") return known;
    const reading = ++readings;
    const role = await readRole(path);
    // One that was slow does not replace a later one.
    if (reading === readings) known = role;
    return role;
  };
}

/** Whatever is no JSON-RPC answer is silence; an error is an answer (adapters/xapi/README.md, "Emergency mode"). */
export function readEcho(text: string): "answers" | "lost" | null {
  const answer = parseAnswer(text, REQUEST_ID);
  if (answer.ok || answer.fault.kind !== "api") return answer.ok ? "answers" : null;
  const starts = answer.fault.code === "HOST_STILL_BOOTING";
  return speaksInEmergency(text, REQUEST_ID) && !starts ? "lost" : "answers";
}
