// What names resolved to when things were well, one row per name. Kept so that an address that has vanished is seen as a change,
// also after a restart.
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { addresses } from '../../shared/evidence.ts';
import type { AddressMemory } from '../engine/ports.ts';
import { parseStored } from './stored-state.ts';

const stored = z.object({ addresses, at: z.number() });

export function addressTable(sql: DatabaseSync): AddressMemory {
  const read = sql.prepare('SELECT json FROM addresses WHERE host = ?');
  const write = sql.prepare(
    'INSERT INTO addresses (host, json) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET json = excluded.json',
  );
  return {
    remember: (host, found, at) => void write.run(host, JSON.stringify({ addresses: found, at })),
    recalled(host) {
      const row = read.get(host);
      return row ? parseStored(stored, row.json, `the addresses of ${host}`) : null;
    },
  };
}
