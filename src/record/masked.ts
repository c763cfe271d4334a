import { withoutSecrets } from "../config/pool-keys.ts";
import { fingerprintParameters } from "../core/members/parameters.ts";
import type { Memory } from "../core/memory/memory.ts";
import type { Action } from "../core/model/action.ts";
import type { PoolView } from "../core/model/pool-view.ts";

type Texts = Readonly<Record<string, string>>;

/** `true` and `false` are no secrets, whatever the key is called: HA is switched on and off by such a key. */
function withoutPasswords(otherConfig: Texts): Texts {
  const masked = withoutSecrets(otherConfig);
  const isSwitch = (value: string) => value === "true" || value === "false";
  return Object.fromEntries(
    Object.entries(otherConfig).map(([key, value]) => [key, isSwitch(value) ? value : (masked[key] ?? "")]),
  );
}

const open = <T extends { readonly otherConfig: Texts }>(record: T): T => ({
  ...record,
  otherConfig: withoutPasswords(record.otherConfig),
});

/** The view without passwords. */
export function maskView(view: PoolView): PoolView {
  const { database, inventory } = view;
  return {
    ...view,
    database: database.ok
      ? {
          ok: true,
          value: {
            ...database.value,
            pool: open(database.value.pool),
            hosts: database.value.hosts.map(open),
            halted: database.value.halted.map(open),
          },
        }
      : database,
    inventory: inventory === null ? null : { ...inventory, vms: inventory.vms.map(open) },
  };
}

/** What stands for a fingerprint of parameters that are not those of the view: nobody can guess a password by it. */
const ANOTHER = "another";

/**
 * Fingerprints of the pool's parameters are made of the passwords, too, and the view of a record has none: those that are of the
 * view's parameters become what the masked view gives, so that decisions compare as they did; any other becomes one word.
 */
export function fingerprintMask(view: PoolView | null): (fingerprint: string) => string {
  const otherConfig = view?.database.ok === true ? view.database.value.pool.otherConfig : null;
  const real = otherConfig === null ? null : fingerprintParameters(otherConfig);
  const masked = otherConfig === null ? ANOTHER : fingerprintParameters(withoutPasswords(otherConfig));
  return (fingerprint) => {
    if (fingerprint === "") return "";
    return fingerprint === real ? masked : ANOTHER;
  };
}

export function maskMemory(memory: Memory, mask: (fingerprint: string) => string): Memory {
  const { lastGood } = memory;
  return lastGood === null
    ? memory
    : { ...memory, lastGood: { ...lastGood, parameters: mask(lastGood.parameters) } };
}

export function maskAction(action: Action, mask: (fingerprint: string) => string): Action {
  return action.kind === "sync-database" ? { ...action, parameters: mask(action.parameters) } : action;
}
