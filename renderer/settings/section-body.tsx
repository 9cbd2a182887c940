// What stands in each section. The levers' sections show the account that their way needs as well, so that setting up a lever
// is one page.
import { CredentialsSection } from './credentials-section.tsx';
import { drawField } from './field.tsx';
import { FileSection } from './file-section.tsx';
import { useForm } from './form.tsx';
import { MonitorsSection } from './monitors-section.tsx';
import { OptionalGroup } from './optional-group.tsx';
import { partOf, type Schema } from './schema.ts';
import { providerName, type SectionId } from './sections.ts';
import { isRecord, valueAt, withAt } from './values.ts';

export function SectionBody({ id }: { readonly id: SectionId }) {
  switch (id) {
    case 'monitors':
      return <MonitorsSection />;
    case 'alerts':
      return <Alerts />;
    case 'providers':
      return providers.map((name) => <Provider key={name} name={name} />);
    case 'banner':
      return (
        <>
          <OptionalGroup
            path={['banner']}
            title="Banner"
            headline="The way to your users"
            about="Put a notice in front of your users with one click."
          />
          <Needs />
        </>
      );
    case 'traffic':
      return (
        <>
          <OptionalGroup
            path={['traffic']}
            title="Traffic"
            headline="The two servers"
            about="Send users to the standby server with one click."
          />
          <Needs />
        </>
      );
    case 'dump':
      return (
        <OptionalGroup
          path={['dump']}
          title="Dump"
          headline="The database and its copies"
          about="Copy the database to this machine with one click."
        />
      );
    case 'heartbeat':
      return (
        <OptionalGroup
          path={['heartbeat']}
          title="Heartbeat"
          headline="The address to ping"
          about="Ping an address elsewhere for as long as Signalbox runs."
        />
      );
    case 'maintenance':
      return <Card keys={['maintenance']} plain />;
    case 'connectivity':
      return (
        <>
          <Card keys={['connectivity', 'probes']} />
          <Card keys={['limits']} />
        </>
      );
    case 'app':
      return <Card keys={['app']} plain />;
    case 'credentials':
      return <CredentialsSection />;
    case 'file':
      return <FileSection />;
  }
}

type CardProps = {
  readonly keys: readonly string[];
  /** The section's own heading names it already. */
  readonly plain?: boolean;
};

/** One part of the settings that is always there. */
function Card({ keys, plain = false }: CardProps) {
  const { view, document, edit } = useForm();
  return (
    <div className="card" data-plain={plain}>
      {drawField({
        schema: keys.reduce<Schema>(partOf, view.schema),
        path: keys,
        value: valueAt(document, keys),
        required: false,
        onChange: (next) => edit(withAt(document, keys, next), keys.join('.')),
      })}
    </div>
  );
}

function Alerts() {
  return (
    <>
      <OptionalGroup
        path={['alerts', 'desktop']}
        title={providerName('desktop')}
        about=""
        always
        test={{ what: 'alert', channel: 'desktop' }}
      />
      <OptionalGroup
        path={['alerts', 'slack']}
        title="Slack"
        about="A message in a channel when an incident opens and when it is over."
        test={{ what: 'alert', channel: 'slack' }}
      />
      <OptionalGroup
        path={['alerts', 'rollbar']}
        title="Rollbar"
        about="An item beside your errors, resolved when the incident is over."
        test={{ what: 'alert', channel: 'rollbar' }}
      />
      <OptionalGroup path={['alerts', 'digest']} title="Weekly digest" about="" always />
      <Card keys={['alerts', 'remindEvery']} />
    </>
  );
}

const providers = ['vercel', 'render', 'supabase', 'statuspage'] as const;
type ProviderId = (typeof providers)[number];

const abouts: Readonly<Record<ProviderId, string>> = {
  vercel: 'Hosts the front end: the banner and the traffic lever work through it.',
  render: 'Hosts the API: its deploys and logs help to find a cause.',
  supabase: 'Hosts the database: its state helps to find a cause.',
  statuspage: 'Your own status page: the banner lever can write there.',
};

function Provider({ name }: { readonly name: ProviderId }) {
  return (
    <OptionalGroup
      path={['providers', name]}
      title={providerName(name)}
      about={abouts[name]}
      test={{ what: 'provider', provider: name }}
    />
  );
}

/** The accounts that the chosen ways of banner and traffic go through. */
function Needs() {
  const { document } = useForm();
  const ways = [document.banner, document.traffic].flatMap((lever) => (isRecord(lever) ? [lever.via].flat() : []));
  const needed = providers.filter((name) => ways.some((way) => providerOf(way) === name));
  return needed.map((name) => <Provider key={name} name={name} />);
}

function providerOf(way: unknown): ProviderId | null {
  if (way === 'statuspage') return 'statuspage';
  return typeof way === 'string' ? 'vercel' : null;
}
