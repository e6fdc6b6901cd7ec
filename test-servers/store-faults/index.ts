export { lateUploads } from "./late-uploads.ts";
export type { StoreSubject } from "./store-subject.ts";
