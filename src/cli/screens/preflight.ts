import { showName } from "../../core/model/plain-text.ts";
import { fewNames } from "../doctor/check.ts";
import type { Preflight } from "../preflight.ts";
import { renderFinding } from "./doctor.ts";
import type { Paint } from "./paint.ts";
import { wrapText } from "./text.ts";

/** More names than this nobody reads; `ha-cfg get-vm-ha` has them all. */
const MOST_NAMES = 20;

/** What an administrator is told before HA is switched on: what is not good, and which VMs will be started. */
export function renderPreflight({ findings, starts }: Preflight, paint: Paint, isTerminal: boolean): string {
  const lines = findings.map((finding) => renderFinding(finding, paint, isTerminal));
  const sentence = startsText(starts);
  return `${lines.join("")}${isTerminal ? wrapText(sentence, "") : `${sentence}\n`}`;
}

function startsText(starts: Preflight["starts"]): string {
  if (starts === null) return "Which VMs will be started is not known: they could not be listed.";
  if (starts.length === 0) return "No VM is waiting to be started.";
  const names = fewNames(
    starts.map(({ name, uuid }) => (name === "" ? uuid : showName(name))),
    MOST_NAMES,
  );
  return starts.length === 1
    ? `1 VM is halted and will be started: ${names}.`
    : `${starts.length} VMs are halted and will be started: ${names}.`;
}
