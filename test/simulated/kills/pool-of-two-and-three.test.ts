import { killAtEveryMoment } from "./every-moment.ts";

killAtEveryMoment(2);
killAtEveryMoment(3);
