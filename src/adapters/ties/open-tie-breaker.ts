import type { Settings } from "../../config/params.ts";
import { parseTiePlace } from "../../config/tie-place.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OpenTieBreaker, TieBreaker, TiePlaces } from "../../ports/tie-breaker.ts";
import type { Paths } from "../files/paths.ts";
import type { SelfCommand } from "../processes/hand-over.ts";
import { createTieBreaker } from "./place.ts";
import { createSrPlace, type SrContext } from "./sr-place.ts";
import { createSshPlace, type SshContext } from "./ssh-place.ts";

export interface TiePlacesOptions extends SelfCommand {
  readonly paths: Paths;
  readonly clock: Clock;
}

export interface TieContext {
  readonly ssh: SshContext;
  readonly sr: SrContext;
}

/** What the monitor asks. */
export function createTiePlaces(options: TiePlacesOptions): TiePlaces {
  const open = createTieBreakers(options);
  return { at: (kind, place) => open(kind, place).ties };
}

/** What an administrator sets up. A place that nobody can ask answers `unknown`, with the reason. */
export function createTieBreakers({
  paths,
  clock,
  environment,
  self,
}: TiePlacesOptions): (kind: "ssh" | "sr", place: string) => OpenTieBreaker {
  const context: TieContext = {
    ssh: { clock, environment, key: paths.tieBreakerKey, hosts: paths.tieBreakerHosts },
    sr: { clock, environment, self, mounts: paths.srMounts },
  };
  return (TIE_BREAKER, TIE_BREAKER_PLACE) =>
    openTieBreaker({ TIE_BREAKER, TIE_BREAKER_PLACE }, context) ?? {
      ties: createNowhere(TIE_BREAKER),
      setUp: null,
    };
}

/** null: there is no exclusive vote. Where the two parameters do not fit together nobody gets one, and the answer says why. */
export function openTieBreaker(
  { TIE_BREAKER, TIE_BREAKER_PLACE }: Pick<Settings, "TIE_BREAKER" | "TIE_BREAKER_PLACE">,
  context: TieContext,
): OpenTieBreaker | null {
  if (TIE_BREAKER === "none" || TIE_BREAKER === "ip") return null;
  const place = parseTiePlace(TIE_BREAKER_PLACE);
  if (place?.kind !== TIE_BREAKER) return { ties: createNowhere(TIE_BREAKER), setUp: null };
  if (place.kind === "sr") return { ties: createTieBreaker(createSrPlace(place, context.sr)), setUp: null };
  const ssh = createSshPlace(place, context.ssh);
  return { ties: createTieBreaker(ssh), setUp: ssh };
}

function createNowhere(kind: "ssh" | "sr"): TieBreaker {
  const form = kind === "ssh" ? "user@host:directory" : "the uuid of an SR";
  const why = `TIE_BREAKER=${kind} needs ${form} as TIE_BREAKER_PLACE`;
  return {
    claim: async () => ({ kind: "unknown", why }),
    holder: async () => ({ kind: "unknown", why }),
    remove: async () => why,
    test: async () => why,
  };
}
