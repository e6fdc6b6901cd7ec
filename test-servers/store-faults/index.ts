export { lateUploads } from "./late-uploads.ts";
export { races } from "./races.ts";
export type { StoreSubject } from "./store-subject.ts";
