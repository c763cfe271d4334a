import { FUNCTION_NAMES } from "../../core/model/alert.ts";

/** The functions that LOG_ and MAIL_ switch. */
export function functionsList(): string {
  return `${FUNCTION_NAMES.map((name) => `\`${name}\``).join(", ")}.\n`;
}
