import { renderAssignment } from "./override-file.ts";
import { defaultText, ROWS } from "./params.ts";

const HEAD = `# Parameters of HA-Lizard for this host only.
#
# The parameters of the pool are kept in the pool database; change them with "ha-cfg set". A line here, without the #,
# is stronger than the pool's value, on this host. Lines are KEY=VALUE; they are read as data and never executed.
`;

/** The override file as it is installed: every parameter, commented out, with its meaning and its default. */
export function renderDefaultFile(): string {
  const blocks = [...ROWS].flatMap(([key, row]) => {
    if (row.scope !== "pool") return [];
    const allowed = row.kind.label === "text" ? "" : ` (${row.kind.allowed})`;
    return [`\n# ${row.meaning}${allowed}\n#${renderAssignment(key, defaultText(key))}\n`];
  });
  const switches = [...ROWS].flatMap(([key, row]) =>
    row.scope === "host" ? [`#${renderAssignment(key, defaultText(key))}\n`] : [],
  );
  const head = "\n# Log lines (LOG_) and mails (MAIL_) by the function they come from: 1 = on, 0 = off\n";
  return [HEAD, ...blocks, head, ...switches].join("");
}
