// How Signalbox introduces itself to the servers it checks, so that their owners can find it in a log.
import manifest from '../../package.json' with { type: 'json' };

export const userAgent = `signalbox/${manifest.version}`;
