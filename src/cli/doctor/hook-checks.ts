import { nearestWord } from "../../config/nearest.ts";
import { REASON_KINDS } from "../../core/alerts/describe-reason.ts";
import { EVERY_EVENT } from "../../core/alerts/hook-event.ts";
import { type Check, type Finding, findingsOf } from "./check.ts";

/** Each program in /etc/ha-lizard/hooks is one that an event would run. */
export const hookCheck: Check = {
  name: "hooks",
  limitMs: () => 2_000,
  async run({ ports }): Promise<readonly Finding[]> {
    const { warn } = findingsOf("hooks");
    const events = [EVERY_EVENT, ...REASON_KINDS];
    return (await ports.hostSurvey.hooks()).flatMap(({ path, name, why, cure }) => {
      const near = nearestWord(name, events);
      const rename = near === undefined ? `rm ${path}` : `mv ${path} ${path.slice(0, -name.length)}${near}`;
      return [
        ...(events.includes(name)
          ? []
          : [warn(`the hook ${path} is never run: no event has this name (ha-cfg manual services)`, rename)]),
        ...(why === null ? [] : [warn(`the hook ${path} is not run: ${why}`, cure ?? `rm ${path}`)]),
      ];
    });
  },
};
