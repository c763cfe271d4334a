import { MASK } from "../../core/model/plain-text.ts";
import type { PowerDevice } from "../device.ts";
import { printable } from "../quote.ts";

const LONGEST = 400;

/**
 * A device whose words are fit for the log: without the secret, which a device may repeat; without characters that could
 * write lines or colours of their own; short. The cut comes last: it could leave half of the secret.
 */
export function maskDevice(device: PowerDevice, secret: string): PowerDevice {
  const plain = (text: string) => printable(text, secret, MASK).slice(0, LONGEST);
  return {
    name: device.name,
    settleMs: device.settleMs,
    async read(signal) {
      const reading = await device.read(signal);
      return "why" in reading ? { ...reading, why: plain(reading.why) } : reading;
    },
    async switchPower(to, signal) {
      const answer = await device.switchPower(to, signal);
      return "why" in answer ? { ...answer, why: plain(answer.why) } : answer;
    },
  };
}
