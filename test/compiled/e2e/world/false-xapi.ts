import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "./pool.ts";

/** Something that listens where a host's xapi should, and answers every request with the same text. */
export class FalseXapi {
  private readonly pool: Pool;
  private readonly host: number;
  private readonly body: string;
  private server: Bun.Server<undefined> | null = null;

  constructor(pool: Pool, host: number, body: string) {
    this.pool = pool;
    this.host = host;
    this.body = body;
  }

  /** Covers the socket of the host's xapi, for that host's programs only; the real one goes on for all others. */
  async start(): Promise<void> {
    const { body } = this;
    const socket = join(this.pool.socketFolder, `h${this.host}/false`);
    rmSync(socket, { force: true });
    this.server = Bun.serve({
      unix: socket,
      fetch: () => new Response(body),
    });
    await this.pool.on(this.host, "mount", "--bind", "/var/lib/xcp/false", "/var/lib/xcp/xapi");
  }

  async stop(): Promise<void> {
    await this.pool.on(this.host, "umount", "/var/lib/xcp/xapi");
    await this.server?.stop(true);
  }
}
