import type { MasterPath } from "../../ports/pool-database.ts";
import type { XapiTransport } from "../../ports/xapi-transport.ts";

export function createMasterPath(transport: XapiTransport, newUuid: () => string): MasterPath {
  return {
    async hearsMaster(signal) {
      const uuid = newUuid();
      const answer = await transport.call(`system.isAlive:${uuid}`, [uuid], signal);
      return answer.ok && answer.value === uuid;
    },
  };
}
