import { takeHeartbeat, takeRollMessage } from "../../core/group/group.ts";
import { isHeardNews } from "../../core/group/news.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import { HearingLoop, type HearingPorts } from "./hearing-loop.ts";

/** A report is a small file; a new host is greeted within this time. */
const REPORT_MS = 5_000;
/** So often the own xapi is asked, once at a time. */
const QUESTION_MS = 5_000;

/**
 * Exchanges heartbeats with the other monitors of the pool until `signal` aborts, votes with them, and publishes what is
 * heard and who leads (core/group/README.md). Answers what this host runs. It needs neither XAPI nor an iteration that
 * works: only the list of hosts, which the last one has left, and without one it answers whoever greets it.
 */
export async function keepHearing(ports: HearingPorts, signal: AbortSignal): Promise<void> {
  const { clock, network } = ports;
  const loop = new HearingLoop(ports, signal);
  network.onMessage((heartbeat, address, atMs = clock.uptimeMs()) =>
    loop.take(
      (state) => takeHeartbeat(state, { nowMs: atMs, heartbeat, address }, GROUP_TIMINGS),
      (before, after) => isHeardNews(before, after, heartbeat.from, atMs),
    ),
  );
  network.onRoll((message) =>
    loop.take((state) => takeRollMessage(state, message, clock.uptimeMs(), GROUP_TIMINGS)),
  );
  network.onGreeting((greeting) => loop.greeted(greeting));
  ports.onIterationEnd?.(() => void loop.readNews());
  network.onQuestion((question, answer) => void loop.answer(question, answer));
  void loop.tellLastBoot();
  let reportMs = Number.NEGATIVE_INFINITY;
  let questionMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const nowMs = clock.uptimeMs();
    if (nowMs - reportMs >= REPORT_MS) {
      reportMs = nowMs;
      await loop.readReport();
    }
    if (nowMs - questionMs >= QUESTION_MS) {
      questionMs = nowMs;
      void loop.askOwnXapi();
    }
    await loop.tick();
    await loop.pace.pause();
  }
  network.close();
}
