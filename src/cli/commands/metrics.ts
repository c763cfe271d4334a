import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { lookQuickly } from "../nagios.ts";
import { METRICS_BEGIN, renderMetrics } from "../screens/metrics.ts";
import { plainText } from "../screens/text.ts";

export const metricsAction = defineAction({
  name: "metrics",
  description:
    "Shows the status as metrics for Prometheus, or writes them for node_exporter's textfile collector.",
  args: {
    output: {
      type: "string",
      description: "this file, replaced as a whole and readable by everybody; its name has to end in .prom",
    },
  },
  async run(args, ports) {
    const look = await lookQuickly(ports);
    if (look === null) {
      ports.stderr("Cannot show metrics: the files of this host could not be read in time.\n");
      return EXIT.failed;
    }
    const text = renderMetrics(look.report, look.findings);
    if (args.output === undefined) {
      ports.stdout(text);
      return EXIT.done;
    }
    return write(args.output, text, ports);
  },
});

async function write(file: string, text: string, ports: CliPorts): Promise<ExitCode> {
  const why = (await whyNotTo(file, ports)) ?? (await ports.files.publish(file, text));
  if (why === null) return EXIT.done;
  ports.stderr(`Cannot write metrics to ${plainText(file)}: ${why}.\n`);
  return EXIT.failed;
}

/** A mistyped name must cost no file of somebody else's. */
async function whyNotTo(file: string, ports: CliPorts): Promise<string | null> {
  if (!file.endsWith(".prom")) return "its name does not end in .prom, so node_exporter would not read it";
  const there = await ports.files.look(file);
  if (there === "none") return null;
  if (there === "other") return "it is there, and it is no ordinary file";
  const read = await ports.files.read(file);
  if (!read.ok) return read.why;
  return read.text === "" || read.text.startsWith(METRICS_BEGIN)
    ? null
    : "it is there, and holds something else than these metrics";
}
