// Keeps every web contents on our own page: no foreign navigation, no second window, no webview (SECURITY S-12 to S-14).
// A link to the outside goes to links.ts, which decides whether the browser may open it.
import { isOurs } from './address.ts';
import type { AppPart, WebContentsPart } from './parts.ts';

/** Applies the lock to every web contents that will ever be created. */
export function lockNavigation(app: AppPart, openLink: (url: string) => void): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents, openLink));
}

/** Applies the lock to one web contents. */
export function lockContents(contents: WebContentsPart, openLink: (url: string) => void): void {
  const guard = (details: { readonly url: string; preventDefault(): void }): void => {
    if (!isOurs(details.url)) details.preventDefault();
  };
  contents.on('will-navigate', guard);
  contents.on('will-frame-navigate', guard);
  contents.on('will-redirect', guard);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url);
    return { action: 'deny' };
  });
}
