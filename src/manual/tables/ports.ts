import { SSH_PORT } from "../../adapters/ssh/target.ts";
import { PARAMETERS } from "../../config/params.ts";
import { IPMI_PORT } from "../../fence-agents/ipmi/ipmi-port.ts";
import { HTTPS_PORT } from "../../fence-agents/redfish/endpoint.ts";
import { markdownTable } from "../fill.ts";

/** What must pass, from every host: to whom, and what for. */
export function portsTable(): string {
  const rows: readonly (readonly string[])[] = [
    [
      `UDP ${PARAMETERS.HEARTBEAT_PORT.default}`,
      "every other host",
      "messages of the monitors (`HEARTBEAT_PORT`)",
    ],
    ["TCP 443, 80", "every other host", "XAPI: is it alive? Only where a monitor is silent"],
    [`UDP ${IPMI_PORT}`, "the BMCs", "`FENCE_METHOD=IPMI`"],
    [`TCP ${HTTPS_PORT}`, "the BMCs", "`FENCE_METHOD=REDFISH`"],
    [`TCP ${SSH_PORT}`, "the iLOs, the outer host", "`FENCE_METHOD=ILO`, `XVM`"],
    [`TCP ${SSH_PORT}`, "the tie-breaker", "`TIE_BREAKER=ssh`"],
    [`TCP ${PARAMETERS.SMTP_PORT.default}`, "the mail server", "`SMTP_SERVER`, `SMTP_PORT`"],
  ];
  return markdownTable(["port", "to", "for"], rows);
}
