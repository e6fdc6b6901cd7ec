export type { FileFunctions } from "./file-functions.ts";
export { JournalError, type JournalErrorCode } from "./journal-error.ts";
export { openJournal, type JournalOptions } from "./open-journal.ts";
export type { RecordWriter, RowLayout, WriterStats } from "./record-writer.ts";
export { repairLines, type Repair } from "./repair-lines.ts";
