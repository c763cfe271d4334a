import type { XapiFault } from "../model/pool-view.ts";
import { describeXapiError } from "./xapi-errors.ts";

/** A fault of XAPI in words. */
export function describeFault(fault: XapiFault): string {
  switch (fault.kind) {
    case "timeout":
      return "no answer in time";
    case "unreachable":
      return fault.detail === "refused" ? "connection refused" : `not reachable: ${fault.detail}`;
    case "malformed":
      return `an answer that could not be parsed (${fault.detail})`;
    case "api":
      return describeXapiError(fault.code, fault.params);
  }
}
