import { type Check, findingsOf } from "./check.ts";

/** Every host has a name of its own. */
export const nameCheck: Check = {
  name: "names",
  limitMs: () => 1_000,
  async run({ sight }) {
    const names = sight.hosts.map(({ name }) => name);
    const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
    return twice.map((name) =>
      findingsOf("names").warn(
        `several hosts are called ${name}: no alert, and no ha-cfg confirm-off, says clearly which of them it is about`,
        "xe host-set-hostname-live host-uuid=UUID host-name=NAME, and xe host-param-set uuid=UUID name-label=NAME",
      ),
    );
  },
};
