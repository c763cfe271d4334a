import { killAtEveryMoment } from "./every-moment.ts";

killAtEveryMoment(4);
