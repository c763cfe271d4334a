import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { groupOf } from "./may-act.ts";

type Sight = Pick<PoolView, "hearing">;

/** Does HA rest for the whole pool (`ha-cfg disarm`)? Then nothing is begun that it does. */
export function isPoolDisarmed(view: Sight): boolean {
  return isTarget(view, null);
}

/** Does HA rest for this host alone (`ha-cfg disarm --host`)? */
export function isHostDisarmed(view: Sight, host: HostUuid): boolean {
  return isTarget(view, host);
}

/** Does HA rest for this host, by itself or with the whole pool? */
export function isDisarmed(view: Sight, host: HostUuid): boolean {
  return isPoolDisarmed(view) || isHostDisarmed(view, host);
}

/** Does HA rest for anything? */
export function isAnyDisarmed(view: Sight): boolean {
  return (groupOf(view)?.roll?.disarms.length ?? 0) > 0;
}

function isTarget(view: Sight, target: HostUuid | null): boolean {
  return groupOf(view)?.roll?.disarms.some(({ host }) => host === target) === true;
}

/** Is it one of what is not begun now, because HA rests? What only notes, says or asks something goes on, and so does what ends something. */
export function isAtRest(action: Action, view: Sight, self: HostUuid): boolean {
  switch (action.kind) {
    case "start-vm":
    case "start-appliance":
    case "switch-on-host":
    case "enable-host":
    case "forget-host":
    case "check-fence-devices":
      return isPoolDisarmed(view);
    case "fence-host":
    case "restart-xapi":
      return isDisarmed(view, action.host);
    case "promote-self":
    case "resign-master":
    case "restart-toolstack":
    case "reboot-self":
      return isDisarmed(view, self);
    default:
      return false;
  }
}
