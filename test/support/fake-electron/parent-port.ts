// Loaded before a helper's program: gives it `process.parentPort`, as a utility process of Electron's has one, over Node's
// channel. Ends with the app, as Electron ends it.
import { EventEmitter } from 'node:events';

const port = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => process.send?.(message) });
process.on('message', (data) => port.emit('message', { data, ports: [] }));
process.on('disconnect', () => process.exit());
Object.assign(process, { parentPort: port });
