// What the monitors of status pages read last. No request leaves: the pages are watched anyway.
import type { Source } from './ports.ts';

export const providerPages: Source = {
  name: 'Status pages',
  async look({ monitors }, tell) {
    tell(
      monitors.flatMap(({ name, last }) =>
        last?.provider
          ? [
              {
                kind: 'provider-page' as const,
                source: `Status page ${name}`,
                at: last.at,
                provider: name,
                report: last.provider,
              },
            ]
          : [],
      ),
    );
  },
};
