// The doctor and the postmortem as the pipe's tests need them: they answer, and remember nothing.
import type { DoctorDeps } from '../../../main/ipc/doctor-handlers.ts';
import type { HandlerDeps } from '../../../main/ipc/handlers.ts';
import type { PostmortemDeps } from '../../../main/ipc/postmortem-handlers.ts';
import { at } from './samples.ts';

export const sampleReaders: DoctorDeps & PostmortemDeps & Pick<HandlerDeps, 'digest'> = {
  digest: () => ({ from: at, to: at, title: 'Nine Panels: the last seven days', lines: ['No outage.'] }),
  examineConnection: async () => ({
    findings: [
      { id: 'no-database', level: 'bad', message: 'It names no database.', next: 'Add /postgres.', corrected: '/postgres' },
    ],
    corrected: 'postgres://app:[password]@db.example.com/postgres',
  }),
  postmortem: ({ id, title }) => ({ markdown: `# Postmortem: ${title}\n`, name: `postmortem-${id}.md` }),
};
