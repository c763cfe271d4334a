import { isFlag, isNumber, isText, listOf, nullOr, objectOf, oneOf } from "../core/memory/shape.ts";
import type {
  DisarmSight,
  GroupSight,
  LeaseOver,
  LeaseSight,
  OwnLeaseSight,
  SightOfRoll,
  TieSight,
  TieTest,
} from "../core/model/group-sight.ts";
import type { HeardPeer, HeardWay, Hearing, Refused } from "../core/model/hearing.ts";
import { isHost, isOwnState } from "./shapes.ts";

/* Shapes of what the group said, as the monitor of the host had published it for the round. */

const isRoll = objectOf<SightOfRoll>({
  hosts: listOf(isHost),
  master: isHost,
  office: isText,
  ha: isFlag,
  settled: isFlag,
  entered: listOf(isHost),
  storedBy: listOf(isHost),
  disarms: listOf(objectOf<DisarmSight>({ host: nullOr(isHost), leftMs: isNumber })),
  disarmWord: isNumber,
});

const isTie = objectOf<TieSight>({
  name: isText,
  decides: isFlag,
  holder: nullOr(isHost),
  need: oneOf({ none: true, lacks: true, lives: true, lost: true }),
  isClaiming: isFlag,
  trouble: nullOr(isText),
  troubleSinceMs: nullOr(isNumber),
});

const isTieTest = objectOf<TieTest>({
  place: isText,
  atMs: isNumber,
  wrong: nullOr(isText),
  sinceMs: isNumber,
});

const isOwnLease = objectOf<OwnLeaseSight>({
  leaseMs: nullOr(isNumber),
  armed: isNumber,
  ackedMs: nullOr(isNumber),
  firesMs: nullOr(isNumber),
  strands: isFlag,
  trouble: nullOr(isText),
});

const isGroupSight = objectOf<GroupSight>({
  lead: oneOf({
    ...{ leads: true, elected: true, stands: true, hears: true },
    ...{ told: true, none: true, unsaid: true },
  }),
  sinceMs: isNumber,
  leader: nullOr(isHost),
  mandateUntilMs: nullOr(isNumber),
  roll: nullOr(isRoll),
  agreedAtMs: nullOr(isNumber),
  awaited: listOf(isHost),
  confirmedOff: listOf(isHost),
  leases: listOf(objectOf<LeaseSight>({ host: isHost, leaseMs: isNumber, endsMs: isNumber })),
  leaseOver: listOf(objectOf<LeaseOver>({ host: isHost, heardMs: nullOr(isNumber) })),
  ownLease: nullOr(isOwnLease),
  tie: nullOr(isTie),
  tieTest: nullOr(isTieTest),
  trouble: nullOr(isText),
});

const isPeer = objectOf<HeardPeer>({
  host: isHost,
  heard: oneOf({ direct: true, reported: true, silent: true }),
  sinceMs: isNumber,
  ageMs: nullOr(isNumber),
  by: nullOr(isHost),
  ways: listOf(objectOf<HeardWay>({ address: isText, ageMs: isNumber, sinceMs: isNumber })),
  own: nullOr(isOwnState),
  hears: nullOr(
    listOf(
      objectOf<NonNullable<HeardPeer["hears"]>[number]>({
        host: isHost,
        ageMs: isNumber,
      }),
    ),
  ),
});

export const isHearing = objectOf<Hearing>({
  self: isHost,
  bootId: isText,
  atMs: isNumber,
  peers: listOf(isPeer),
  group: isGroupSight,
  refused: objectOf<Refused>({
    malformed: isNumber,
    otherPool: isNumber,
    wrongTag: isNumber,
    unknownHost: isNumber,
  }),
  trouble: nullOr(isText),
});
