/** Does anybody accept a TCP connection there? */
export interface TcpProbe {
  /**
   * Connects and hangs up, without a word said. `closed` with the reason when there was no connection by then. Never
   * rejects.
   */
  connect(server: { readonly host: string; readonly port: number }, signal: AbortSignal): Promise<TcpAnswer>;
}

export type TcpAnswer = { readonly kind: "open" } | { readonly kind: "closed"; readonly why: string };
