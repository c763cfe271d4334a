import { fenceLimitMs, switchOn } from "../../app/pass/fence.ts";
import { observeSelf } from "../../app/pass/observe-self.ts";
import { rememberedMemory } from "../../app/pass/remembered.ts";
import { resolveTexts } from "../../app/pass/resolve-texts.ts";
import type { Settings } from "../../config/params.ts";
import { methodProves } from "../../core/fencing/fence-policy.ts";
import type { KnownHost } from "../../core/memory/last-good.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { Result } from "../../core/model/action.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import { defineAction } from "../action.ts";
import { askLife, deviceSaysOn } from "../ask-life.ts";
import { audit } from "../audit.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { confirm, wantTerminal } from "../confirm.ts";
import { hearingNow, MONITOR_SILENT } from "../hearing-now.ts";
import { findHost } from "../host-argument.ts";
import { plainText } from "../screens/text.ts";
import { whyNotOn } from "../why-not-on.ts";

export const powerOnAction = defineAction({
  name: "power-on",
  description:
    "Switches a fenced host on, through its fence device. Run it on the host that leads; refused while anything says that the host lives, and while it is being fenced.",
  args: {
    host: { type: "positional", required: true, description: "the host that is off: its name or uuid" },
    yes: { type: "boolean", description: "does not ask" },
    json: { type: "boolean", description: "for programs: whether it was switched on, by what, or why not" },
  },
  async run(args, ports) {
    const lastGood = (await rememberedMemory(ports.store))?.lastGood ?? null;
    const hosts = lastGood?.hosts ?? [];
    if (hosts.length === 0) {
      ports.stderr("Cannot switch a host on: this host has never seen its pool.\n");
      return EXIT.failed;
    }
    const host = findHost("switch on", args.host, hosts);
    if (args.yes !== true) wantTerminal(ports, "power-on");
    const { settings } = resolveTexts(await ports.config.read(), null);
    const tell = (result: Result): ExitCode => report(host, result, args.json === true, ports);
    const refused = (detail: string): ExitCode => tell({ kind: "failed", detail });
    const why = (await known(host, hosts, ports)) ?? (await asked(host, settings, ports));
    if (why !== null) return refused(why);
    if (args.yes !== true) {
      const question = `Switch ${plainText(host.name)} on?`;
      if (!(await confirm(ports, "power-on", question, false))) return EXIT.failed;
      // Whoever was asked has taken a while.
      const later = (await known(host, hosts, ports)) ?? (await asked(host, settings, ports));
      if (later !== null) return refused(later);
    }
    const result = await start(host, settings, ports);
    const end = result.kind === "done" ? `by ${result.by}` : "without success";
    audit(ports, settings, `${host.name} switched on by hand, ${end}`);
    await ports.wakeMonitor();
    return tell(result);
  },
});

const SELF_MS = 2_000;

/** What this host knows that speaks against it; null: nothing. */
async function known(host: KnownHost, hosts: readonly KnownHost[], ports: CliPorts): Promise<string | null> {
  const hearing = await hearingNow(ports);
  if (hearing === null) return MONITOR_SILENT;
  const [memory, self] = await Promise.all([
    rememberedMemory(ports.store),
    observeSelf(ports, SELF_MS, neverAborts()),
  ]);
  const isBlocked = self?.blockedRoutes.includes(host.address) === true;
  const nowMs = ports.clock.uptimeMs();
  const why = whyNotOn({ host, hosts, hearing, memory, isBlocked, nowMs });
  if (why === null && wasMaster(host, memory))
    ports.stderr(
      `${plainText(host.name)} was the master: see that its network is whole, or it comes back as a second one.\n`,
    );
  return why;
}

function wasMaster({ uuid }: KnownHost, memory: Memory | null): boolean {
  return memory?.promotion?.oldMaster === uuid || memory?.promoted?.oldMaster === uuid;
}

/** What the host itself and its devices say against it; null: it does not answer, and is off. */
async function asked(host: KnownHost, settings: Settings, ports: CliPorts): Promise<string | null> {
  const { answers, states } = await askLife(host, settings, ports);
  if (answers !== null) return answers;
  const devices = states.filter(({ method }) => methodProves(method));
  if (devices.length === 0)
    return `FENCE_METHOD=${settings.FENCE_METHOD} has no device that could; XAPI may have one: xe host-power-on`;
  const on = deviceSaysOn(devices);
  if (on !== null) return on;
  // An agent that cannot be asked is told to, and has to prove it.
  if (devices.some(({ state }) => state.kind !== "unknown")) return null;
  const words = devices.flatMap(({ method, state }) => ("why" in state ? [`${method}: ${state.why}`] : []));
  return `its fence device does not say that it is off (${words.join("; ")})`;
}

const TICK_MS = 1_000;

/** On a terminal with one line that counts the seconds, and is gone afterwards. */
async function start({ uuid, name }: KnownHost, settings: Settings, ports: CliPorts): Promise<Result> {
  const { clock } = ports;
  const limitMs = fenceLimitMs(settings);
  const late = (): Result => ({ kind: "failed", detail: `no answer within ${limitMs / 1_000} s` });
  ports.stderr(`Switching ${plainText(name)} on, which takes at most ${Math.ceil(limitMs / 1_000)} s\n`);
  const begunMs = clock.uptimeMs();
  const ended = new AbortController();
  const starting = withDeadline(
    clock,
    limitMs,
    neverAborts(),
    (signal) => switchOn(uuid, settings, ports.switchOn, signal),
    late,
  ).finally(() => ended.abort());
  while (ports.isTerminal && !ended.signal.aborted && clock.uptimeMs() - begunMs <= limitMs) {
    ports.stderr(`\r${Math.round((clock.uptimeMs() - begunMs) / 1_000)} s `);
    await clock.sleep(TICK_MS, ended.signal);
  }
  const result = await starting;
  if (ports.isTerminal) ports.stderr("\r        \r");
  return result;
}

function report(host: KnownHost, result: Result, json: boolean, ports: CliPorts): ExitCode {
  const by = result.kind === "done" ? (result.by ?? null) : null;
  const isOn = result.kind === "done";
  const why = isOn ? null : "detail" in result ? result.detail : result.kind;
  const name = plainText(host.name);
  if (json)
    ports.stdout(
      `${JSON.stringify({ host: host.name, uuid: host.uuid, switchedOn: isOn, by, why }, null, 2)}\n`,
    );
  else if (isOn) ports.stdout(`${name} is on, by ${by}, and boots. ha-cfg status shows when it is heard.\n`);
  else ports.stderr(`Cannot switch ${name} on: ${plainText(why ?? "")}.\n`);
  return isOn ? EXIT.done : EXIT.failed;
}
