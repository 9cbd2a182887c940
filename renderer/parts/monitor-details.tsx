// What opens beneath a monitor's row: latency over time, where the last check's time went, facts, and what can be done.
import { lazy, Suspense } from 'react';
import type { MonitorView } from '../../shared/snapshot.ts';
import { duration, pausedWords } from '../../shared/words.ts';
import { useMinute } from '../clock.ts';
import { uptimeWords } from '../figures.ts';
import { MonitorActions } from './monitor-actions.tsx';
import { Phases } from './phases.tsx';
import { ProviderPage } from './provider-page.tsx';
import { Moment, Since } from './time.tsx';

// The chart library is a quarter of the page's weight: it comes when a chart is first looked at.
const LatencyChart = lazy(() => import('./latency-chart.tsx').then((module) => ({ default: module.LatencyChart })));

export function MonitorDetails({ monitor }: { readonly monitor: MonitorView }) {
  const { last } = monitor;
  return (
    <div className="details">
      <div className="details-chart">
        <Suspense fallback={<div className="chart-space" />}>
          <LatencyChart id={monitor.id} name={monitor.name} intervalMs={monitor.intervalMs} lastAt={last?.at ?? null} />
        </Suspense>
      </div>
      <div className="details-facts">
        {last?.error && (
          <p className="last-error">
            <b>Last check</b> <bdi>{last.error.message}</bdi>
          </p>
        )}
        {monitor.notices.map((notice) => (
          <p key={notice} className="last-error">
            {notice}
          </p>
        ))}
        {last?.phases && <Phases phases={last.phases} total={last.latencyMs} />}
        <Facts monitor={monitor} />
        {last?.provider && <ProviderPage report={last.provider} />}
        {last?.excerpt && (
          <details className="excerpt">
            <summary>What it answered</summary>
            <pre>{last.excerpt}</pre>
          </details>
        )}
      </div>
      <MonitorActions monitor={monitor} />
    </div>
  );
}

function Facts({ monitor }: { readonly monitor: MonitorView }) {
  const { last, uptime, coverage } = monitor;
  const now = useMinute();
  return (
    <dl className="facts">
      <Fact term="Target">
        <bdi>{monitor.target}</bdi>
      </Fact>
      <Fact term="Checked">
        every {duration(monitor.intervalMs)}
        {last && (
          <>
            , last <Since at={last.at} /> ago
          </>
        )}
      </Fact>
      {monitor.since !== null && (
        <Fact term="In this state">
          since <Moment at={monitor.since} />
        </Fact>
      )}
      {monitor.pausedUntil !== null && <Fact term="Pause">{pausedWords(monitor.pausedUntil, now)}</Fact>}
      <Fact term="Uptime 24 h">{uptimeWords(uptime.h24, coverage.h24)}</Fact>
      <Fact term="Uptime 7 d">{uptimeWords(uptime.d7, coverage.d7)}</Fact>
      <Fact term="Uptime 90 d">{uptimeWords(uptime.d90, coverage.d90)}</Fact>
      {last?.certificate && <Fact term="Certificate">{certificateWords(last.certificate.daysLeft)}</Fact>}
      {last?.status !== undefined && <Fact term="HTTP status">{last.status}</Fact>}
      {last?.wakeMs !== undefined && <Fact term="Woke up in">{duration(last.wakeMs)}</Fact>}
      {last?.address && <Fact term="Address">{last.address}</Fact>}
      {last?.families && <Fact term="Families">{familyWords(last.families)}</Fact>}
      {last?.serverVersion && (
        <Fact term="Server">
          <bdi>{last.serverVersion}</bdi>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function certificateWords(daysLeft: number): string {
  if (daysLeft < 0) return `expired ${-daysLeft} days ago`;
  return daysLeft === 1 ? '1 day left' : `${daysLeft} days left`;
}

function familyWords(families: { readonly ipv4: boolean | null; readonly ipv6: boolean | null }): string {
  const word = (answers: boolean | null): string => (answers === null ? 'no address' : answers ? 'answers' : 'does not answer');
  return `IPv4 ${word(families.ipv4)}, IPv6 ${word(families.ipv6)}`;
}
