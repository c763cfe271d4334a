import type { DescribedAction } from "../../ports/manual.ts";
import { markdownTable } from "../fill.ts";

/** Every action of ha-cfg as its help describes it. */
export function commandsList(actions: readonly DescribedAction[]): string {
  return actions
    .map(({ name, description, usage, words }) => {
      const rows = words.map(([word, meaning]) => [`\`${word}\``, meaning]);
      const table = rows.length === 0 ? "" : `\n${markdownTable(["", ""], rows)}`;
      return `## ha-cfg ${name}\n\n${description}\n\n\`\`\`\n${usage}\n\`\`\`\n${table}`;
    })
    .join("\n");
}
