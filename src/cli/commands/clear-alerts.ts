import { ALERT_NAME } from "../../ports/pool-database.ts";
import { defineAction } from "../action.ts";
import { audit } from "../audit.ts";
import { EXIT } from "../cli-ports.ts";
import { askPool, withPool } from "../pool-access.ts";

export const clearAlertsAction = defineAction({
  name: "clear-alerts",
  description: "Removes this program's messages from XAPI; those of other programs stay.",
  args: {},
  async run(_args, ports) {
    return withPool(ports, async ({ xapi, database, resolved, exitWithout }) => {
      if (database === null) return exitWithout;
      const listed = await askPool(ports, "list the alerts", (signal) => xapi.listPosted(ALERT_NAME, signal));
      if (!listed.ok) return listed.exit;
      let removed = 0;
      const tell = () => {
        if (removed > 0)
          audit(ports, resolved.settings, `${removed} alert${removed === 1 ? "" : "s"} removed from XAPI`);
      };
      for (const message of listed.value) {
        const gone = await askPool(ports, "remove an alert", (signal) => xapi.destroyPosted(message, signal));
        if (!gone.ok) {
          ports.stderr(`${removed} of ${listed.value.length} alerts were removed before that.\n`);
          tell();
          return gone.exit;
        }
        removed += 1;
      }
      tell();
      ports.stdout(removed === 0 ? "There are no alerts.\n" : `${removed} alerts removed.\n`);
      return EXIT.done;
    });
  },
});
