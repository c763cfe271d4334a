import { type ConfirmedOff, readConfirmedOff } from "../../app/daemons/report.ts";
import { rememberedHosts } from "../../app/pass/remembered.ts";
import { resolveTexts } from "../../app/pass/resolve-texts.ts";
import type { Settings } from "../../config/params.ts";
import { heardOf, isHeardNow } from "../../core/members/heard.ts";
import type { KnownHost } from "../../core/memory/last-good.ts";
import type { Hearing } from "../../core/model/hearing.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { neverAborts } from "../../ports/deadline.ts";
import { defineAction } from "../action.ts";
import { askLife, deviceSaysOn } from "../ask-life.ts";
import { audit } from "../audit.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { wantTerminal } from "../confirm.ts";
import { hearingNow, ledElsewhere, MONITOR_SILENT } from "../hearing-now.ts";
import { findHost, nameIn } from "../host-argument.ts";

export const confirmOffAction = defineAction({
  name: "confirm-off",
  description:
    "Confirms that a host is off, where no fence device can: then its VMs are started elsewhere, and a dead master is replaced. Check the machine first: if it still runs, its VMs run twice and their disks are damaged.",
  args: {
    host: { type: "positional", required: true, description: "the host that is off: its name or uuid" },
    yes: { type: "boolean", description: "does not ask for the name once more" },
  },
  async run(args, ports) {
    const hosts = await rememberedHosts(ports.store);
    if (hosts.length === 0) {
      ports.stderr("Cannot confirm that a host is off: this host has never seen its pool.\n");
      return EXIT.failed;
    }
    const host = findHost("confirm the power-off of", args.host, hosts);
    const hearing = await hearingNow(ports);
    const { settings } = resolveTexts(await ports.config.read(), null);
    const refused = (why: string | null): boolean => {
      if (why !== null) ports.stderr(`Cannot confirm that ${host.name} is off: ${why}.\n`);
      return why !== null;
    };
    if (refused(whyNotHere(host, hearing, hosts))) return EXIT.failed;
    if (refused(await signOfLife(host, hearing, settings, ports))) return EXIT.failed;
    if (args.yes === true) return confirm(host, hosts, settings, ports);
    if (!(await isMeant(host, ports))) return EXIT.failed;
    // Whoever was asked has taken a while.
    const now = await hearingNow(ports);
    return refused(await signOfLife(host, now, settings, ports))
      ? EXIT.failed
      : confirm(host, hosts, settings, ports);
  },
});

/** Why the word cannot be given on this host; null: it can. */
function whyNotHere(host: KnownHost, hearing: Hearing | null, hosts: readonly KnownHost[]): string | null {
  if (hearing === null) return MONITOR_SILENT;
  if (hearing.self === host.uuid) return "it is this host";
  const { roll, trouble } = hearing.group;
  const name = (host: HostUuid) => nameIn(hosts, host);
  if (trouble !== null) return `this host takes no part in the group: ${trouble}`;
  const elsewhere = ledElsewhere(hearing, name, "takes the word");
  if (elsewhere !== null) return elsewhere;
  if (roll === null || roll.hosts.includes(hearing.self)) return null;
  const others = roll.hosts.filter((one) => one !== host.uuid);
  const heard = others.filter((one) => isHeardNow(heardOf(hearing, one)));
  if (heard.length > 0) return `this host does not count now; run this on ${heard.map(name).join(" or ")}`;
  return `this host does not count now, and hears none that does (${roll.hosts.map(name).join(", ")}): switch one on`;
}

/** What says that the host lives; null: nothing does. Asks everything that could. */
async function signOfLife(
  host: KnownHost,
  hearing: Hearing | null,
  settings: Settings,
  ports: CliPorts,
): Promise<string | null> {
  if (isHeardNow(heardOf(hearing ?? "unknown", host.uuid))) return "its monitor is heard";
  const { answers, states } = await askLife(host, settings, ports);
  if (answers !== null) return answers;
  // One of two methods may say on of an outlet that nobody has switched.
  if (states.some(({ state }) => state.kind === "off")) return null;
  return deviceSaysOn(states);
}

/** Asks for the name: whoever types that has looked at the right machine, or so one hopes. */
async function isMeant({ name }: KnownHost, ports: CliPorts): Promise<boolean> {
  wantTerminal(ports, "confirm-off");
  ports.stderr(
    `If ${name} still runs, its VMs will run twice, and their disks will be damaged.\nHave you made sure that it has no power?\n`,
  );
  const answer = await ports.keyboard.readLine(`Type the name of the host that is off, ${name}: `, true);
  if (answer?.trim() === name) return true;
  ports.stderr("Nothing was changed.\n");
  return false;
}

/** The monitor reads it within a second; an election lasts up to ten. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 500;

async function confirm(
  { uuid, name }: KnownHost,
  known: readonly KnownHost[],
  settings: Settings,
  ports: CliPorts,
): Promise<ExitCode> {
  const { clock, store } = ports;
  const nowMs = clock.uptimeMs();
  const others = (await readConfirmedOff(store, nowMs)).filter(({ host }) => host !== uuid);
  const hosts: readonly ConfirmedOff[] = [...others, { host: uuid, atMs: nowMs }];
  await store.save("confirmed-off", { hosts });
  audit(ports, settings, `${name} confirmed to be off`);
  await ports.wakeMonitor();
  while (clock.uptimeMs() < nowMs + PATIENCE_MS) {
    const hearing = await hearingNow(ports);
    if (hearing !== null && isTaken(hearing, uuid)) {
      ports.stdout(
        `${name} is now treated as off, and this host leads the others. What follows is in the log, and in ha-cfg status.\n`,
      );
      return EXIT.done;
    }
    await clock.sleep(LOOK_MS, neverAborts());
  }
  ports.stderr(
    `Warning: ${name} counts as off for ten minutes on this host, and this host does not lead the others${whoElse(await hearingNow(ports), uuid, known)}; see ha-cfg status for who is heard.\n`,
  );
  return EXIT.failed;
}

/** Whose word is missing besides: hosts that count, are not heard, and nobody has confirmed to be off. */
function whoElse(hearing: Hearing | null, confirmed: HostUuid, known: readonly KnownHost[]): string {
  if (hearing === null) return "";
  const { roll, confirmedOff } = hearing.group;
  const isMissing = (host: HostUuid) =>
    host !== hearing.self &&
    host !== confirmed &&
    !confirmedOff.includes(host) &&
    !isHeardNow(heardOf(hearing, host));
  const missing = (roll?.hosts ?? []).filter(isMissing);
  const names = missing.map((host) => nameIn(known, host));
  return names.length === 0
    ? ""
    : `: it does not hear ${names.join(", ")} either. If they are off, too: ha-cfg confirm-off, for each of them`;
}

/** It leads without that host. */
function isTaken({ group: { lead, roll } }: Hearing, host: HostUuid): boolean {
  return lead === "leads" && roll !== null && !roll.hosts.includes(host);
}
