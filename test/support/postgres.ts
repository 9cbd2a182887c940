// The yard's Postgres, under the name that tests know.
export { type PostgresServer as TestPostgres, startPostgres } from '../../simulator/postgres-server.ts';
