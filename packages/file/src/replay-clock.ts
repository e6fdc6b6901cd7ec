import { State } from "@mlog/core";
import type { LoggedRecord, StartRecord, TimestampFields } from "./record.ts";

type Counters = Pick<TimestampFields, "epoch" | "batch" | "sample" | "token">;

/**
 * The state of a recorded run: its clock shows the time of the record that is replayed, and it
 * advances as the run did, so that whoever listens to it hears of batches and epochs.
 *
 * Most records have four of the counters. Those that count within an epoch or iteration follow from
 * the boundaries that were recorded; wall-clock durations stay as they were at the last boundary.
 */
export class ReplayClock {
  readonly state: State;
  #time: number;

  constructor(start: StartRecord, runName: string = start.run) {
    this.#time = start.time;
    const { ranks, timestamp } = start;
    const maxDuration = start.maxDuration ?? undefined;
    this.state = new State({ runName, ranks, timestamp, maxDuration, now: () => this.#time });
  }

  /** Goes to the moment of a record. One that goes back, as a resumed session does, is restored. */
  moveTo(record: LoggedRecord): void {
    this.#time = record.time;
    const full = record.type === "start" || record.type === "event" ? record.timestamp : undefined;
    if (record.type === "event" && (record.event === "epochEnd" || record.event === "iterationEnd")) {
      this.#endPeriod(record.event, record.timestamp);
    } else if (record.type !== "start" && record.batch > this.state.timestamp.batch) {
      this.#endBatch(record, full);
    } else {
      this.#restore(full ?? this.#derive(record));
    }
  }

  /** As the run did: fires `batchEnd` with the counters of after it. */
  #endBatch(counters: Counters, full: TimestampFields | undefined): void {
    const now = this.state.timestamp;
    const target = full ?? this.#derive(counters);
    this.#restore({
      ...target,
      batch: target.batch - 1,
      batchInEpoch: Math.max(0, target.batchInEpoch - 1),
      ...(target.sample >= now.sample ? { sample: now.sample } : {}),
      ...(target.token >= now.token ? { token: now.token } : {}),
    });
    this.state.nextBatch({
      samples: Math.max(0, target.sample - now.sample),
      tokens: Math.max(0, target.token - now.token),
    });
    this.#restore(target);
  }

  #endPeriod(event: "epochEnd" | "iterationEnd", target: TimestampFields): void {
    const { epoch, epochInIteration, iteration } = target;
    const before =
      event === "epochEnd"
        ? { ...target, epoch: Math.max(0, epoch - 1), epochInIteration: Math.max(0, epochInIteration - 1) }
        : { ...target, iteration: Math.max(0, iteration - 1) };
    if (target.batch > this.state.timestamp.batch) this.#endBatch(before, undefined);
    this.#restore(before);
    if (event === "epochEnd") this.state.nextEpoch();
    else this.state.nextIteration();
    this.#restore(target);
  }

  #derive(counters: Counters): TimestampFields {
    const { timestamp } = this.state;
    const { epoch, batch, sample, token } = counters;
    const sameEpoch = epoch === timestamp.epoch;
    const within = (before: number, difference: number): number => Math.max(0, before + difference);
    return {
      ...timestamp.toJSON(),
      epoch,
      batch,
      sample,
      token,
      batchInEpoch: sameEpoch ? within(timestamp.batchInEpoch, batch - timestamp.batch) : 0,
      sampleInEpoch: sameEpoch ? within(timestamp.sampleInEpoch, sample - timestamp.sample) : 0,
      tokenInEpoch: sameEpoch ? within(timestamp.tokenInEpoch, token - timestamp.token) : 0,
      tokenInIteration: within(timestamp.tokenInIteration, token - timestamp.token),
    };
  }

  #restore(target: TimestampFields): void {
    if (!this.state.timestamp.equals(target)) this.state.restore(target);
  }
}
