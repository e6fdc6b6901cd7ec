const KEY = "mlog-token";

/**
 * The token of the address that was printed. It is taken out of the address bar, so that it is in no history and no
 * screenshot, and kept for as long as the tab is open.
 */
export function takeToken(): string | undefined {
  const [, token] = /^#token=([\w-]+)$/.exec(location.hash) ?? [];
  if (token === undefined) return sessionStorage.getItem(KEY) ?? undefined;
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, "", location.pathname);
  return token;
}
