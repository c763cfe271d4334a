import { type Check, type Finding, findingsOf } from "./check.ts";

/** Somebody learns what HA has done. */
export const noticeCheck: Check = {
  name: "alerts",
  limitMs: () => 1_000,
  async run({ settings }): Promise<readonly Finding[]> {
    const { warn } = findingsOf("alerts");
    const { MAIL_ON, MAIL_TO, ENABLE_ALERTS, ENABLE_LOGGING, SMTP_USER, SMTP_PASS, SMTP_TLS } = settings;
    const found: Finding[] = [];
    if (!MAIL_ON && !ENABLE_ALERTS)
      found.push(
        warn(
          "alerts go out neither by mail nor as messages of XAPI: nobody learns that a host has died",
          "ha-cfg set ENABLE_ALERTS 1",
        ),
      );
    if (MAIL_ON && MAIL_TO.every((address) => /@localhost(\.|$)/.test(address)))
      found.push(
        warn(
          `alerts are mailed to ${MAIL_TO.join(", ")} only, a mailbox of the mail server that seldom anybody reads`,
          "ha-cfg set MAIL_TO YOU@EXAMPLE.ORG, then ha-cfg email",
        ),
      );
    if (MAIL_ON && SMTP_USER !== "" && SMTP_PASS === "")
      found.push(
        warn(
          "SMTP_USER is set and SMTP_PASS is not: the mail server will refuse every alert",
          "ha-cfg set SMTP_PASS -, then ha-cfg email",
        ),
      );
    if (MAIL_ON && SMTP_USER !== "" && SMTP_TLS === "unverified")
      found.push(
        warn(
          "SMTP_TLS=unverified: the password of the mail server goes to whoever answers in its place",
          "ha-cfg set SMTP_TLS auto",
        ),
      );
    if (!ENABLE_LOGGING)
      found.push(
        warn(
          "ENABLE_LOGGING=0: afterwards nobody can find out why a host was fenced",
          "ha-cfg set ENABLE_LOGGING 1",
        ),
      );
    return found;
  },
};
