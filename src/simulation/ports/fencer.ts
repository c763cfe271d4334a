import type { FenceOutcome, FenceRequest, Fencer } from "../../ports/fencer.ts";
import { sleep } from "../clock.ts";
import { resetHost, setPower } from "../control.ts";
import type { SimHost, World } from "../world.ts";

/** Fence agents and the devices behind them. POOL succeeds and switches nothing off; other names reach a BMC. */
export function simFencer(world: World, from: number): Fencer {
  const { bmcMs, bmcSlowMs } = world.timings;
  return {
    fence: async (request, signal) => {
      const host = world.hosts.find((candidate) => candidate.uuid === request.host);
      const what = request.action === "start" ? "switch-on" : "fence";
      world.record(`${what}-begun`, { by: from, host: host?.number ?? request.host, method: request.method });
      const outcome =
        host === undefined ? failed("no such host") : await fence(world, from, host, request, signal);
      world.record(`${what}-ended`, { by: from, host: host?.number ?? request.host, outcome: outcome.kind });
      return outcome;
    },
    status: async (request, signal) => {
      const host = world.hosts.find((candidate) => candidate.uuid === request.host);
      if (request.method === "POOL") return { kind: "not-asked", why: "POOL switches nothing off" };
      if (host === undefined) return { kind: "unknown", why: "no such host" };
      const silent = host.bmc === "dead" || !world.reachesBmc(from, host.number);
      // A question takes a third of what it takes to switch, to wait for it, and to look twice.
      const askMs = (host.bmc === "slow" ? bmcSlowMs : bmcMs) / 3;
      const neededMs = silent ? Number.POSITIVE_INFINITY : askMs;
      await sleep(world.clock, Math.min(neededMs, request.timeoutMs), signal);
      if (neededMs > request.timeoutMs || signal.aborted)
        return { kind: "unknown", why: `no answer within ${request.timeoutMs / 1_000} s` };
      return { kind: world.host(host.bmcOf).power ? "on" : "off" };
    },
  };
}

async function fence(
  world: World,
  from: number,
  host: SimHost,
  request: FenceRequest,
  signal: AbortSignal,
): Promise<FenceOutcome> {
  const { bmcMs, bmcSlowMs, pingMs } = world.timings;
  if (request.method === "POOL") {
    await sleep(world.clock, pingMs, signal);
    return { kind: "fenced" };
  }
  if (host.bmc === "dead" || !world.reachesBmc(from, host.number)) {
    await sleep(world.clock, request.timeoutMs, signal);
    return { kind: "not-fenced", fault: "agent-timeout", detail: `no answer within ${request.timeoutMs} ms` };
  }
  const neededMs = (host.bmc === "slow" ? bmcSlowMs : bmcMs) + host.bmcDelayMs;
  if (neededMs > request.timeoutMs) {
    await sleep(world.clock, request.timeoutMs, signal);
    return { kind: "not-fenced", fault: "agent-timeout", detail: `no answer within ${request.timeoutMs} ms` };
  }
  const wired = world.host(host.bmcOf);
  const orderedMs = (neededMs - host.bmcDelayMs) / 2;
  await sleep(world.clock, orderedMs, signal);
  if (signal.aborted) return { kind: "not-fenced", fault: "agent-killed", detail: "killed before it ended" };
  // An agent is a process of the host it runs on, and ends with its power.
  if (!world.host(from).power) return failed("its own host lost power");
  // From here on the order is the device's, whatever becomes of the one who gave it.
  const execute = () => act(world, wired, request.action);
  if (host.bmc !== "lying" && host.bmcDelayMs === 0) execute();
  else if (host.bmc !== "lying") world.clock.schedule(host.bmcDelayMs, execute);
  await sleep(world.clock, neededMs - orderedMs, signal);
  if (signal.aborted) return { kind: "not-fenced", fault: "agent-killed", detail: "killed before it ended" };
  return { kind: "fenced" };
}

function act(world: World, host: SimHost, action: FenceRequest["action"]): void {
  if (action === "reset") resetHost(world, host);
  else setPower(world, host, action === "start");
}

function failed(detail: string): FenceOutcome {
  return { kind: "not-fenced", fault: "agent-failed", detail };
}
