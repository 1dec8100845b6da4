/** The page can be put on a phone's home screen, and then says so when there is no network (see public/shell.js). */
export function installShell(): void {
  // Refused in private windows and where storage is blocked: the page does without.
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/shell.js").catch(() => undefined);
}
