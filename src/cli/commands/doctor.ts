import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { examineSight } from "../doctor/examine.ts";
import { showProgress } from "../doctor/progress.ts";
import { type DoctorReport, renderFindings, worstOf } from "../screens/doctor.ts";
import { paintFor } from "../screens/paint.ts";
import { lookAtPool } from "../sight/look.ts";

export const doctorAction = defineAction({
  name: "doctor",
  description: "Checks this host and the pool against what HA needs. Changes nothing, fences nobody.",
  args: { json: { type: "boolean", description: "for programs" } },
  async run(args, ports) {
    const sight = await lookAtPool(ports);
    const findings = await examineSight(sight, ports, showProgress(ports, args.json === true));
    const verdict = worstOf(findings);
    if (args.json === true) {
      const { version } = ports;
      const report: DoctorReport = { schema: 1, version, host: sight.self?.uuid ?? null, verdict, findings };
      ports.stdout(`${JSON.stringify(report, null, 2)}\n`);
    } else ports.stdout(renderFindings(findings, paintFor(ports.colours), ports.isTerminal));
    return verdict === "bad" ? EXIT.failed : EXIT.done;
  },
});
