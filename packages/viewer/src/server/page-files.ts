/** What a browser needs to show the page. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
}
