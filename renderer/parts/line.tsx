// The line: a small track diagram of production, with the route that traffic takes. Understood without a legend, or not done.
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Snapshot } from '../../shared/snapshot.ts';
import { statusColour } from '../../shared/words.ts';
import { pointsMove } from '../lever-model.ts';
import { type LineGeometry, lineGeometry, type Point, type Track } from '../line-geometry.ts';
import { type LineModel, lineModel, type Station, type StationName } from '../line-model.ts';
import { LampShape, StatusLamp } from './lamp.tsx';

export function Line({ snapshot }: { readonly snapshot: Snapshot }) {
  const { monitors, traffic } = snapshot;
  const moving = pointsMove(snapshot.runs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture depends on these parts only
  const model = useMemo(() => lineModel(snapshot), [monitors, traffic, moving]);
  const [box, width] = useWidth();
  const geometry = useMemo(() => lineGeometry(width, model.route), [width, model.route]);
  return (
    <section className="panel" aria-label="The line">
      <div className="panel-track" ref={box}>
        {width > 0 && <Diagram model={model} geometry={geometry} />}
      </div>
      {model.empty && snapshot.monitors.length > 0 && (
        <p className="panel-hint">
          Give monitors a <code>role</code> in the settings file, and they take their places on the line.
        </p>
      )}
      {model.signs.length > 0 && (
        <ul className="signs" aria-label="Beside the line">
          {model.signs.map((sign) => (
            <li key={sign.id} className="sign" data-colour={statusColour(sign.status)}>
              <StatusLamp status={sign.status} size={13} />
              <span>
                <b>
                  <bdi>{sign.name}</bdi>:
                </b>{' '}
                <bdi>{sign.text}</bdi>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The element's own width, known before the first paint and followed afterwards. */
function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

const branches: Readonly<Record<'primary' | 'standby', readonly Track[]>> = {
  primary: ['primaryIn', 'primaryOut'],
  standby: ['standbyIn', 'standbyOut'],
};

function Diagram({ model, geometry }: { readonly model: LineModel; readonly geometry: LineGeometry }) {
  const { tracks, width, height, points, join } = geometry;
  const { route, stations } = model;
  const other = route === 'primary' ? 'standby' : 'primary';
  const live: readonly Track[] = ['approach', 'lead', ...branches[route], 'tail', 'end'];
  const blocked = blockedTracks(model);
  return (
    <svg
      className="line"
      data-moving={model.moving}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby="line-title line-state"
    >
      <title id="line-title">The line</title>
      <desc id="line-state">{model.description}</desc>
      {branches[other].map((track) => (
        <path key={track} className="track-unset" d={tracks[track]} />
      ))}
      <path className="track" d={live.map((track) => tracks[track]).join('')} />
      <path
        className="track-lights"
        data-lit={model.lit}
        d={live
          .filter((track) => !blocked.includes(track))
          .map((track) => tracks[track])
          .join('')}
      />
      {blocked.map((track) => (
        <path key={track} className="track-blocked" d={tracks[track]} />
      ))}
      <path className="track" d={geometry.buffer} />
      <circle className="points" cx={points.x} cy={points.y} r="5" />
      <circle className="points" cx={join.x} cy={join.y} r="4" />
      {!model.empty && <Caption model={model} at={geometry.caption} wide={geometry.wide} />}
      {(Object.keys(stations) as StationName[]).map((name) => (
        <StationMark
          key={name}
          station={stations[name]}
          at={geometry.stations[name]}
          below={name === 'standby'}
          geometry={geometry}
        />
      ))}
    </svg>
  );
}

/** The stretch that leads into a station which is down. */
function blockedTracks(model: LineModel): Track[] {
  const into: readonly (readonly [StationName, Track])[] = [
    ['frontend', 'approach'],
    model.route === 'primary' ? ['primary', 'primaryIn'] : ['standby', 'standbyIn'],
    ['database', 'tail'],
  ];
  return into.filter(([name]) => model.stations[name].status === 'down').map(([, track]) => track);
}

function Caption({ model, at, wide }: { readonly model: LineModel; readonly at: Point; readonly wide: boolean }) {
  const note = model.moving ? '(moving…)' : model.assumed ? '(assumed)' : null;
  return (
    <text className="caption" x={at.x} y={at.y}>
      <tspan className="caption-title">Traffic</tspan>
      <tspan x={at.x} dy="17">
        {`→ ${model.stations[model.route].label}`}
        {note !== null && wide && <tspan className="caption-note"> {note}</tspan>}
      </tspan>
      {note !== null && !wide && (
        <tspan className="caption-note" x={at.x} dy="15">
          {note}
        </tspan>
      )}
    </text>
  );
}

type StationMarkProps = {
  readonly station: Station;
  readonly at: Point;
  readonly below: boolean;
  readonly geometry: LineGeometry;
};

function StationMark({ station, at, below, geometry }: StationMarkProps) {
  const { status, label } = station;
  const colour = status === null ? null : statusColour(status);
  const scale = geometry.wide ? 1.2 : 1;
  const [first, second] = below
    ? [geometry.wide ? 40 : 33, geometry.wide ? 58 : 49]
    : [geometry.wide ? -49 : -40, geometry.wide ? -31 : -25];
  return (
    <g transform={`translate(${at.x} ${at.y})`} data-colour={colour ?? 'none'} className="station">
      <g transform={`scale(${scale})`}>
        <circle className="bezel" r="16" />
        {colour !== null && <circle className={`glow glow-${colour}`} r="15" />}
        {colour !== null && (
          <g transform="scale(1.28)" className="lit">
            <LampShape colour={colour} hollow={status === 'verifying'} />
          </g>
        )}
      </g>
      <text className="station-label" y={first} textAnchor="middle">
        {label}
      </text>
      <text className="station-note" y={second} textAnchor="middle">
        {shortened(station, geometry)}
      </text>
    </g>
  );
}

/** The monitor's name joins its figure where there is room. */
function shortened({ name, note }: Station, { wide, room }: LineGeometry): string {
  if (!wide || name === null) return note;
  const left = room - note.length - 3;
  if (left < 5) return note;
  const shown = [...name];
  return `${shown.length > left ? `${shown.slice(0, left - 1).join('')}…` : name} · ${note}`;
}
