import type { DisarmSight } from "../../../../src/core/model/group-sight.ts";
import { host } from "../fixtures.ts";
import { leads } from "../sight.ts";

/** The group of a host that leads, where HA rests for these. */
export const sight = (disarms: readonly DisarmSight[]) =>
  leads(host(1), [host(1), host(2), host(3)], { roll: { disarms } });
