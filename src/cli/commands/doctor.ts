import { defineAction } from "../action.ts";
import { type CliPorts, EXIT } from "../cli-ports.ts";
import { examine } from "../doctor/examine.ts";
import { type DoctorReport, renderFindings, worstOf } from "../screens/doctor.ts";
import { paintFor } from "../screens/paint.ts";
import { lookAtPool } from "../sight/look.ts";

export const doctorAction = defineAction({
  name: "doctor",
  description: "Checks this host and the pool against what HA needs. Changes nothing, fences nobody.",
  args: { json: { type: "boolean", description: "for programs" } },
  async run(args, ports) {
    const progress = args.json !== true && ports.isTerminal ? showProgress(ports) : () => undefined;
    const sight = await lookAtPool(ports);
    const { settings } = sight.resolved;
    const survey = ports.openSurvey(settings.XE_TIMEOUT * 1_000);
    try {
      const findings = await examine({ ports, sight, settings, survey }, progress);
      const verdict = worstOf(findings);
      if (args.json === true) {
        const { version } = ports;
        const report: DoctorReport = {
          schema: 1,
          version,
          host: sight.self?.uuid ?? null,
          verdict,
          findings,
        };
        ports.stdout(`${JSON.stringify(report, null, 2)}\n`);
      } else ports.stdout(renderFindings(findings, paintFor(ports.colours), ports.isTerminal));
      return verdict === "bad" ? EXIT.failed : EXIT.done;
    } finally {
      await survey.close();
    }
  },
});

/** One line that is written over, and gone before the findings. */
function showProgress(ports: CliPorts): (ended: number, all: number) => void {
  return (ended, all) => {
    const text = `Checking: ${ended} of ${all} done`;
    ports.stderr(ended < all ? `\r${text}` : `\r${" ".repeat(text.length)}\r`);
  };
}
