import type { Hearing } from "../../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { LocalView } from "../../../../src/core/model/pool-view.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import type { HearingReader } from "../../../../src/ports/group.ts";
import { host } from "../../core/fixtures.ts";
import { hearing } from "../../core/members/hearing.ts";
import { FOR_LONG_MS, leads } from "../../core/sight.ts";

export const SELF: Pick<LocalView, "uuid" | "bootId"> = { uuid: host(1), bootId: "boot-1" };

const THREE = [1, 2, 3].map((number) => host(number));

/** The monitor of a host that leads these hosts until then, and publishes all the time. */
export function leader(
  clock: Pick<Clock, "uptimeMs">,
  self: Pick<LocalView, "uuid" | "bootId"> = SELF,
  mandateUntilMs = FOR_LONG_MS,
  hosts: readonly HostUuid[] = THREE,
): HearingReader {
  const group = leads(self.uuid, hosts, { mandateUntilMs });
  return {
    read: async (): Promise<Hearing> => ({
      ...hearing(),
      self: self.uuid,
      bootId: self.bootId,
      atMs: clock.uptimeMs(),
      group,
    }),
  };
}
