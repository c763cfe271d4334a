import { BACKUP_METHODS } from "./backup.ts";
import { EVENT_METHODS } from "./event.ts";
import { HOST_METHODS } from "./host.ts";
import { MESSAGE_METHODS } from "./message.ts";
import type { Methods } from "./method.ts";
import { POOL_METHODS } from "./pool.ts";
import { SECRET_METHODS } from "./secret.ts";
import { SESSION_METHODS } from "./session.ts";
import { TASK_METHODS } from "./task.ts";
import { VM_METHODS } from "./vm.ts";
import { WRITE_METHODS } from "./write.ts";

/** Every method but the implicit reads (read.ts). */
export const METHODS: Methods = Object.freeze(
  Object.assign(
    Object.create(null) as Record<string, never>,
    SECRET_METHODS,
    SESSION_METHODS,
    POOL_METHODS,
    HOST_METHODS,
    BACKUP_METHODS,
    VM_METHODS,
    TASK_METHODS,
    MESSAGE_METHODS,
    EVENT_METHODS,
    WRITE_METHODS,
  ),
);
