/** What a team may choose to install, and what that may cost: one line each. */
export interface Choice {
  readonly install: readonly string[];
  /** At most so many packages, those of others included. */
  readonly packages: number;
  /** At most so many kB (1000 bytes), unpacked. */
  readonly kilobytes: number;
}

export const choices: readonly Choice[] = [
  { install: ["@mlog/core", "@mlog/memory"], packages: 2, kilobytes: 150 },
  { install: ["@mlog/core", "@mlog/file"], packages: 3, kilobytes: 420 },
  { install: ["@mlog/core", "@mlog/s3"], packages: 32, kilobytes: 12_000 },
  { install: ["@mlog/core", "@mlog/azure"], packages: 40, kilobytes: 40_000 },
  { install: ["@mlog/core", "@mlog/wandb"], packages: 5, kilobytes: 1600 },
];
