import { ApiError } from "./answer.ts";
import type { Methods } from "./method.ts";

const PREFIX = "OpaqueRef:secret-";

/** XAPI's secrets, by uuid: what a host's `power_on_config` refers to. */
export const SECRET_METHODS: Methods = {
  "secret.get_by_uuid": {
    params: ["string"],
    run: ({ world }, [uuid]) => {
      if (!world.secrets.has(String(uuid))) throw new ApiError("UUID_INVALID", ["secret", String(uuid)]);
      return `${PREFIX}${String(uuid)}`;
    },
  },
  "secret.get_value": {
    params: ["string"],
    run: ({ world }, [self]) => {
      const value = world.secrets.get(String(self).slice(PREFIX.length));
      if (value === undefined) throw new ApiError("HANDLE_INVALID", ["secret", String(self)]);
      return value;
    },
  },
};
