import { withDeadline } from "../../ports/deadline.ts";
import type { TcpAnswer } from "../../ports/tcp-probe.ts";
import { type Check, findingsOf } from "./check.ts";

const CONNECT_MS = 5_000;

/** The mail server accepts a connection; HA does not need it, its administrator does. */
export const mailCheck: Check = {
  name: "mail",
  limitMs: () => CONNECT_MS + 1_000,
  async run({ ports, settings }, signal) {
    const { ok, warn } = findingsOf("mail");
    const { MAIL_ON, SMTP_SERVER: host, SMTP_PORT: port } = settings;
    if (!MAIL_ON) return [ok("mail is off (MAIL_ON=0)")];
    const answer = await withDeadline<TcpAnswer>(
      ports.clock,
      CONNECT_MS,
      signal,
      (inner) => ports.tcp.connect({ host, port }, inner),
      () => ({ kind: "closed", why: "no answer in time" }),
    );
    if (answer.kind === "open") return [ok(`mail server ${host}:${port} answers; ha-cfg email sends a test`)];
    const text = `mail server ${host}:${port} is not reachable: ${answer.why}; alerts by mail are lost`;
    return [warn(text, "ha-cfg set SMTP_SERVER and SMTP_PORT, or MAIL_ON 0")];
  },
};
