import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { Xapi } from "../../ports/pool-database.ts";
import type { OpenMasterWay } from "../../ports/xapi-transport.ts";
import { createAdministration } from "./administration.ts";
import { createGuestReader } from "./guests.ts";
import { createHostQuestions } from "./host-domains.ts";
import { createHostFenceLists } from "./host-fence-lists.ts";
import { createHostHistory } from "./host-history.ts";
import { createHostTies } from "./host-ties.ts";
import { createMarker } from "./marker.ts";
import { createMasterConnection } from "./master-connection.ts";
import { createMasterPath } from "./master-path.ts";
import { createMessageBoard } from "./message-board.ts";
import { namingSession } from "./named-fault.ts";
import { createPromotion } from "./promotion.ts";
import { createReader } from "./reader.ts";
import { createRecovery } from "./recovery.ts";
import { createRefs } from "./refs.ts";
import { openSession, type SessionOptions } from "./session.ts";
import { createStarter } from "./starter.ts";
import { createStopReader } from "./stop-messages.ts";
import { createVmIndex, type IndexStore } from "./vm-index.ts";

const NO_WAY: OpenMasterWay = async () => ({
  ok: false,
  fault: { kind: "unreachable", detail: "there is no way to the master" },
});

/** The logout is given as much; a disk that hangs must not take longer. */
const CLOSE_MS = 1_000;

export interface XapiOptions extends SessionOptions {
  /** How a slave speaks to its master itself; unless given, it does not. */
  readonly masterWay?: OpenMasterWay;
  /** Keeps the index of VMs from one pass to the next. */
  readonly store: IndexStore;
  /** Faults have names in the place of references, for some calls more: for an administrator who reads them. */
  readonly namesFaults?: boolean;
  /** What an answer has to echo; a random uuid unless a test says otherwise. */
  readonly newUuid?: () => string;
}

/**
 * The client of one pass: one session, opened with the first call that needs it and closed by `close`. Every call has
 * its own deadline (`xeTimeoutMs`, more for calls that are known to be long) on the given clock, beside the caller's
 * signal. No method rejects.
 */
export function createXapi(options: XapiOptions): Xapi {
  const opened = openSession(options);
  const session = options.namesFaults === true ? namingSession(opened) : opened;
  const index = createVmIndex(options.store, options.clock);
  const refs = createRefs(session, index);
  const context = { session, refs, index, clock: options.clock };
  const { masterWay: open = NO_WAY, xeTimeoutMs } = options;
  const master = createMasterConnection(context, { open, xeTimeoutMs });
  return {
    ...createReader(context),
    ...createStarter(context),
    ...createStopReader(context),
    ...createGuestReader(context),
    ...createMarker(context),
    ...createRecovery(context),
    ...createHostQuestions(context),
    ...createHostTies(context),
    ...createHostFenceLists(context),
    ...createHostHistory(context),
    ...createMasterPath(options.transport, options.newUuid ?? (() => crypto.randomUUID())),
    ...createPromotion(context),
    ...createMessageBoard(context),
    ...createAdministration(context),
    atMaster: master.atMaster,
    calls: () => session.calls() + master.calls(),
    async close(): Promise<void> {
      const closing = Promise.all([index.save(), master.close(), session.close()]).then(() => undefined);
      await withDeadline(
        options.clock,
        CLOSE_MS,
        neverAborts(),
        () => closing,
        () => undefined,
      );
    },
  };
}
