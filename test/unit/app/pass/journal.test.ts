import { expect, test } from "bun:test";
import { withoutSecrets } from "../../../../src/config/pool-keys.ts";
import type { StateName } from "../../../../src/ports/state-store.ts";
import { restedPool, SECOND } from "../../../simulated/pool/stage.ts";

const SECRET = "s3cret-of-the-bmc";
const DOCUMENTS: readonly StateName[] = ["memory", "journal", "pass"];

test("withoutSecrets: passwords are masked, also under names that are no parameter's", () => {
  const given = {
    HA_FENCE_PASSWD: "a",
    HA_SMTP_PASS: "b",
    HA_FENCE_METHOD: "ILO",
    ha_fence_passwd: "c",
    "other-token": "d",
    HA_SMTP_USER: "",
  };
  expect(withoutSecrets(given)).toEqual({
    HA_FENCE_PASSWD: "********",
    HA_SMTP_PASS: "********",
    HA_FENCE_METHOD: "ILO",
    ha_fence_passwd: "********",
    "other-token": "********",
    HA_SMTP_USER: "",
  });
});

test("what a host writes down about a failover has every view and no password", async () => {
  const pool = await restedPool(3, { params: { FENCE_PASSWD: SECRET, SMTP_PASS: SECRET } });
  pool.power(3, false);
  await pool.run(200 * SECOND);
  const written = DOCUMENTS.map((name) => pool.disk(1).documents.get(name) ?? "");
  expect(written[1]).toContain('"HA_FENCE_PASSWD":"********"');
  expect(written.filter((text) => text.includes(SECRET))).toEqual([]);
});
