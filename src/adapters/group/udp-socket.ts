import type { Clock } from "../../ports/clock.ts";

/** Of one address family: a dead IPv6 must not cost IPv4. */
export type Family = "ipv4" | "ipv6";

export const familyOf = (address: string): Family => (address.includes(":") ? "ipv6" : "ipv4");

export interface UdpSocketOptions {
  readonly family: Family;
  /** 0: any that is free. */
  readonly port: number;
  /** Its own address; absent: every one that this host has or will have. */
  readonly address?: string;
  readonly clock: Clock;
  /** Frees the port where the system keeps it for XAPI's own HA. Never rejects. */
  readonly release: () => Promise<void>;
  readonly receive: (bytes: Buffer, address: string, port: number) => void;
}

export interface Addressed {
  readonly bytes: Buffer;
  readonly address: string;
}

type Bound = Bun.udp.Socket<"buffer">;

const ANY: Readonly<Record<Family, string>> = { ipv4: "0.0.0.0", ipv6: "::" };
/** What usockets calls LIBUS_SOCKET_IPV6_ONLY: without it the socket takes the port for IPv4, too. */
const IPV6_ONLY = 8;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** After these a socket can do nothing any more. All others are about one addressee: refused, no route. */
const ENDS = new Set(["EBADF", "ENOTSOCK", "EPIPE", "ERR_SOCKET_DGRAM_NOT_RUNNING"]);

/**
 * A UDP socket on one port. It is bound again when it is lost, with growing patience: the port may be taken, or an address
 * may come later.
 */
export class UdpSocket {
  private readonly options: UdpSocketOptions;
  private socket: Bound | null = null;
  private opening = false;
  private closed = false;
  private failures = 0;
  private notBeforeMs = Number.NEGATIVE_INFINITY;
  private fault: string | null = "it was not opened yet";

  constructor(options: UdpSocketOptions) {
    this.options = options;
  }

  /** Why it cannot be used; null when it can. */
  trouble(): string | null {
    return this.fault;
  }

  /** Binds it, if it is not and its time has come. */
  async tend(): Promise<void> {
    if (this.socket !== null || this.opening || this.closed) return;
    if (this.options.clock.uptimeMs() < this.notBeforeMs) return;
    this.opening = true;
    try {
      await this.options.release();
      const socket = await this.bind();
      if (this.closed) return socket.close();
      this.socket = socket;
      this.fault = null;
      this.failures = 0;
    } catch (error) {
      this.lose(error);
    } finally {
      this.opening = false;
    }
  }

  /**
   * One try, and one more: what came back from a host that was written to before is told to whoever sends next, and then
   * nothing was sent. Never throws.
   */
  send(bytes: Buffer, port: number, address: string): void {
    if (!this.trySend(bytes, port, address)) this.trySend(bytes, port, address);
  }

  /** The same for many, to the same port: with one call of the kernel, as long as none of them fails. */
  sendAll(all: readonly Addressed[], port: number): void {
    for (let at = 0; at < all.length; at++) {
      at += this.trySendAll(all.slice(at), port);
      // That one was not sent, for its own sake or for that of one before.
      const failed = all[at];
      if (failed !== undefined) this.send(failed.bytes, port, failed.address);
    }
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private trySend(bytes: Buffer, port: number, address: string): boolean {
    try {
      return this.socket?.send(bytes, port, address) ?? true;
    } catch (error) {
      if (isOfSocket(error)) this.lose(error);
      return false;
    }
  }

  /** How many were sent before one failed. */
  private trySendAll(all: readonly Addressed[], port: number): number {
    try {
      return this.socket?.sendMany(all.flatMap(({ bytes, address }) => [bytes, port, address])) ?? all.length;
    } catch (error) {
      if (isOfSocket(error)) this.lose(error);
      return 0;
    }
  }

  private bind(): Promise<Bound> {
    const { family, port, address = ANY[family], receive } = this.options;
    const given = {
      hostname: address,
      port,
      ...(family === "ipv6" ? { flags: IPV6_ONLY } : {}),
      binaryType: "buffer" as const,
      socket: {
        data: (_socket: Bound, bytes: Buffer, from: number, address: string) => receive(bytes, address, from),
        error: (error: unknown) => {
          if (isOfSocket(error)) this.lose(error);
        },
      },
    };
    return Bun.udpSocket<"buffer">(given as unknown as Bun.udp.SocketOptions<"buffer">);
  }

  private lose(error: unknown): void {
    this.drop();
    this.fault = wordsOf(error);
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.failures, LONGEST_WAIT_MS);
    this.failures += 1;
    this.notBeforeMs = this.options.clock.uptimeMs() + waitMs;
  }

  private drop(): void {
    const { socket } = this;
    this.socket = null;
    try {
      socket?.close();
    } catch {
      // It is gone, whatever it says.
    }
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | undefined)?.code ?? "");

const isOfSocket = (error: unknown): boolean => ENDS.has(codeOf(error));

function wordsOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "EADDRINUSE") return "another program has the port";
  if (code === "EACCES") return "the port may only be taken by root";
  return error instanceof Error ? error.message : String(error);
}
