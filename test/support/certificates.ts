// The yard's certificate writer, under the name that tests know.
export { type Authority, type Credentials, makeAuthority, makeCertificate } from '../../simulator/certificates.ts';
