// The yard's certificate writer, under the name that tests know.
export { type Authority, makeAuthority, makeCertificate } from '../../simulator/certificates.ts';
