// The contract's connection doctor. The pasted text goes to the doctor and nowhere else.
import type { ConnectionQuestion, ConnectionReport } from '../../shared/doctor.ts';
import type { Handlers } from './dispatch.ts';

export type DoctorDeps = {
  /** Takes about 10 s at most. Rejects with a FaultError when a secret is not set or cannot be read. */
  readonly examineConnection: (question: ConnectionQuestion) => Promise<ConnectionReport>;
};

export function makeDoctorHandlers({ examineConnection }: DoctorDeps): Pick<Handlers, 'doctor.examine'> {
  return { 'doctor.examine': (question) => examineConnection(question) };
}
