// What a provider's status page says about us, in the page's own words. Everything here is text from outside.
import type { ProviderReport } from '../../shared/observation.ts';

const spaced = (status: string): string => status.replaceAll('_', ' ');

export function ProviderPage({ report }: { readonly report: ProviderReport }) {
  return (
    <div className="provider">
      <h3>
        <bdi>{report.page}</bdi> says
      </h3>
      <ul>
        {report.components.map(({ name, status }) => (
          <li key={`${name}\n${status}`}>
            <bdi>{name}</bdi>: <b>{spaced(status)}</b>
          </li>
        ))}
        {report.incidents.map((item) => (
          <li key={`${item.name} ${item.startedAt}`} data-ours={item.concernsUs}>
            <b>
              <bdi>{item.name}</bdi>
            </b>{' '}
            ({spaced(item.status)})
            {item.lastUpdate !== null && (
              <p>
                <bdi>{item.lastUpdate}</bdi>
              </p>
            )}
            {item.url !== null && (
              <p className="address">
                <bdi>{item.url}</bdi>
              </p>
            )}
          </li>
        ))}
        {report.components.length + report.incidents.length === 0 && <li>Nothing that concerns us.</li>}
      </ul>
    </div>
  );
}
