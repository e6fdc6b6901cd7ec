export { brokenNetwork } from "./broken-network.ts";
export { foreignServers } from "./foreign-servers.ts";
export { lateUploads } from "./late-uploads.ts";
export { type Denied, uploadOnceMended } from "./parked-upload.ts";
export { races } from "./races.ts";
export type { StoreSubject } from "./store-subject.ts";
