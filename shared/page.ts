// How the built page may be served, whoever serves it: the kinds of file it consists of, and what it may load.

/** Content types by file ending; the page has no other kinds of file. */
export const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** The page's content security policy, as SECURITY S-07 words it. `connect` is `'none'` behind the preload's pipe; a browser
 *  has no preload and must fetch from where the page came. */
export function contentSecurityPolicy(connect: "'none'" | "'self'"): string {
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src ${connect}; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  );
}
