import { ALERT_NAME, type PostedMessage } from "../../ports/pool-database.ts";
import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { askPool, withPool } from "../pool-access.ts";
import { plainText, wrapText } from "../screens/text.ts";

export const showAlertsAction = defineAction({
  name: "show-alerts",
  description: "Shows this program's messages of XAPI, the newest last.",
  args: { json: { type: "boolean", description: "for programs" } },
  async run(args, ports) {
    return withPool(ports, async ({ xapi, database, exitWithout }) => {
      if (database === null) return exitWithout;
      const listed = await askPool(ports, "list the alerts", (signal) => xapi.listPosted(ALERT_NAME, signal));
      if (!listed.ok) return listed.exit;
      if (args.json === true) ports.stdout(`${JSON.stringify(listed.value.map(plainAlert), null, 2)}\n`);
      else if (listed.value.length === 0) ports.stdout("There are no alerts.\n");
      else ports.stdout(listed.value.map(renderAlert).join("\n"));
      return EXIT.done;
    });
  },
});

/** XAPI's priorities in the words of the log. */
const SEVERITIES: Readonly<Record<number, string>> = { 1: "critical", 2: "error", 3: "warning", 5: "info" };

function severityOf(priority: number): string {
  return SEVERITIES[priority] ?? `priority ${priority}`;
}

/** The first line is the subject, the others say what happened, what was done and what to do. */
function plainAlert({ postedAt, priority, body }: PostedMessage) {
  const [subject = "", ...rest] = body.split("\n");
  return { at: postedAt, severity: severityOf(priority), subject, body: rest.join("\n") };
}

function renderAlert(message: PostedMessage): string {
  const { at, severity, subject, body } = plainAlert(message);
  const when = at.replace("T", " ").replace("Z", " UTC");
  const paragraphs = body.split("\n").filter((line) => line.trim() !== "");
  const head = `${plainText(when)}  ${severity}\n`;
  return [
    head,
    wrapText(plainText(subject), "  "),
    ...paragraphs.map((line) => wrapText(plainText(line), "    ")),
  ].join("");
}
