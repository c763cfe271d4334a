/** What a BMC counts as an attempt to log in: RAKP message 1 of IPMI 2.0, Activate Session of IPMI 1.5. */
const RMCP_PLUS = 0x06;
const RAKP_1 = 0x12;
const ACTIVATE_SESSION = 0x3a;

/** Passes IPMI on to a BMC and back, for one client after the other, and counts its logins. */
export class IpmiRelay {
  logins = 0;
  private readonly front: Bun.udp.Socket<"buffer">;
  private readonly back: Bun.udp.ConnectedSocket<"buffer">;

  private constructor(front: Bun.udp.Socket<"buffer">, back: Bun.udp.ConnectedSocket<"buffer">) {
    this.front = front;
    this.back = back;
  }

  static async start(address: string, bmcPort: number): Promise<IpmiRelay> {
    let client = 0;
    const back = await Bun.udpSocket({
      hostname: address,
      connect: { hostname: address, port: bmcPort },
      socket: { data: (_socket, data) => void relay.front.send(data, client, address) },
    });
    const front = await Bun.udpSocket({
      hostname: address,
      socket: {
        data: (_socket, data, port) => {
          client = port;
          if (isLogin(data)) relay.logins++;
          back.send(data);
        },
      },
    });
    const relay = new IpmiRelay(front, back);
    return relay;
  }

  get port(): number {
    return this.front.port;
  }

  stop(): void {
    this.front.close();
    this.back.close();
  }
}

function isLogin(packet: Buffer): boolean {
  const authType = packet[4] ?? 0;
  if (authType === RMCP_PLUS) return ((packet[5] ?? 0) & 0x3f) === RAKP_1;
  // Sequence and session, then (with an authentication) its code, then a length.
  const message = 13 + (authType === 0 ? 0 : 16) + 1;
  return packet[message + 5] === ACTIVATE_SESSION;
}
