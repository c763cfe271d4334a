import { resolveTexts } from "../../app/pass/resolve-texts.ts";
import { defaultText, ROWS } from "../../config/params.ts";
import { poolKey } from "../../config/pool-keys.ts";
import { resolvePool } from "../../config/resolve.ts";
import { customFieldKey } from "../../core/model/ha-flag.ts";
import { NO_SUCCESSOR, SUCCESSOR_KEY } from "../../core/model/pool-keys.ts";
import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { warnOfFencing } from "../fence-warnings.ts";
import { changePool, withPool } from "../pool-access.ts";

type Change = readonly [string, string];

export const insertAction = defineAction({
  name: "insert",
  description: "Writes every parameter that is not in the pool database yet, with its default.",
  args: {
    overwrite: {
      type: "boolean",
      description: "put existing parameters back to their defaults too (HA on/off stays as it is)",
    },
  },
  async run(args, ports) {
    return withPool(ports, async (pool) => {
      if (pool.database === null) return pool.exitWithout;
      const { hosts, pool: record } = pool.database;
      const { otherConfig } = record;
      const changes = planInsert(otherConfig, args.overwrite === true);
      const total = [...ROWS.values()].filter((row) => row.scope === "pool").length + 2;
      const warn = () => {
        const known = args.overwrite === true ? {} : otherConfig;
        const { settings } = resolveTexts(pool.texts, known);
        return warnOfFencing(ports, settings, hosts);
      };
      if (changes.length === 0) {
        ports.stdout(`All ${total} keys are already in the pool database: nothing was changed.\n`);
        await warn();
        return EXIT.done;
      }
      let written = 0;
      const code = await changePool(
        ports,
        pool,
        changes.map(([key, value]) => {
          const isThere = Object.hasOwn(otherConfig, key);
          let kept = false;
          return {
            what: `write ${key} to the pool database`,
            audit: `${key} of the pool ${isThere ? "put back to" : "inserted with"} its default`,
            run: async (signal) => {
              if (isThere) return pool.xapi.setPoolKey(key, value, signal);
              // Somebody may have set it since it was read.
              const added = await pool.xapi.addPoolKey(key, value, signal);
              if (!added.ok) return added;
              kept = !added.value;
              return { ok: true, value: undefined };
            },
            done: () => {
              if (kept) return;
              written += 1;
              ports.stdout(`${isThere ? "replaced" : "inserted"} ${key} = ${value}\n`);
            },
          };
        }),
      );
      if (code !== EXIT.done) return code;
      ports.stdout(`${written} keys written, ${total - written} kept.\n`);
      await warn();
      return code;
    });
  },
});

/**
 * What `insert` writes: parameters first, HA on/off last, so that nothing is switched on before the parameters stand.
 * HA on/off and the successor are never replaced: they are no parameters, and the one must not change by surprise.
 */
export function planInsert(
  otherConfig: Readonly<Record<string, string>>,
  overwrite: boolean,
): readonly Change[] {
  const parameters = [...ROWS].flatMap(([name, row]): readonly Change[] => {
    if (row.scope !== "pool") return [];
    const key = poolKey(name);
    const standard = defaultText(name);
    const wanted = overwrite ? otherConfig[key] !== standard : !Object.hasOwn(otherConfig, key);
    return wanted ? [[key, standard]] : [];
  });
  const extras: readonly Change[] = [
    [SUCCESSOR_KEY, NO_SUCCESSOR],
    [customFieldKey(fieldName(otherConfig, overwrite)), "false"],
  ];
  return [...parameters, ...extras.filter(([key]) => !Object.hasOwn(otherConfig, key))];
}

/** The field that will hold HA on/off once the parameters are written. */
function fieldName(otherConfig: Readonly<Record<string, string>>, overwrite: boolean): string {
  return resolvePool(overwrite ? {} : otherConfig, null).settings.XC_FIELD_NAME;
}
