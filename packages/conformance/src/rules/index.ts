import type { Rule } from "../rule.ts";
import { badInput } from "./bad-input.ts";
import { beforeInit } from "./before-init.ts";
import { boundedMemory } from "./bounded-memory.ts";
import { delivery } from "./delivery.ts";
import { flush } from "./flush.ts";
import { idempotentClose } from "./idempotent-close.ts";
import { isolation } from "./isolation.ts";
import { lateCalls } from "./late-calls.ts";
import { names } from "./names.ts";
import { noThrow } from "./no-throw.ts";
import { order } from "./order.ts";
import { processEnd } from "./process-end.ts";
import { snapshots } from "./snapshots.ts";
import { stamps } from "./stamps.ts";
import { twoPhaseClose } from "./two-phase-close.ts";
import { verbs } from "./verbs.ts";

/** Every rule, in the order of `GROUPS`. */
export const rules: readonly Rule[] = [
  ...verbs,
  ...stamps,
  ...snapshots,
  ...order,
  ...beforeInit,
  ...isolation,
  ...flush,
  ...twoPhaseClose,
  ...idempotentClose,
  ...lateCalls,
  ...delivery,
  ...boundedMemory,
  ...noThrow,
  ...names,
  ...badInput,
  ...processEnd,
];
